"""The colours of all figures, which the colour blind tell apart."""

# Okabe and Ito 2008, without yellow; a line style beside each, so that no figure depends on colour alone.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
ON_DARK = ("#56B4E9", "#E69F00", "#3CC9A0", "#E39AC4", "#9AD0F5", "#F0C860")  # the same hues, lighter
DASHES = ("", "6 2", "2 1.5", "6 2 1.5 2", "10 3", "1 1")

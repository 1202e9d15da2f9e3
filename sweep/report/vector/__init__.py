"""The figures as SVG, built as text: no plotting library, and so no import of one."""

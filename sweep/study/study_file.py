"""A study as the file that a person would write: what it says beyond the defaults."""

import yaml

from sweep.study.study import Study


def study_file(study: Study) -> bytes:
    """Return YAML that reads as the same study; where defaults cannot be left out, with all of them.

    The place of results is no part of it: it names a folder of one machine.
    """
    plain = study.model_copy(update={"results": Study.model_fields["results"].default})
    said = {"study": study.study, **plain.model_dump(mode="json", exclude_defaults=True)}
    try:
        if Study.model_validate(said) != plain:
            said = plain.model_dump(mode="json")
    except ValueError:
        said = plain.model_dump(mode="json")
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100).encode()

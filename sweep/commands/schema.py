"""`sweep schema`: the JSON Schema of a study file, for editors."""

from sweep.commands.output import say_json


def schema() -> None:
    """Print the JSON Schema of a study file."""
    from sweep.study.study import Study

    say_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **Study.model_json_schema()})

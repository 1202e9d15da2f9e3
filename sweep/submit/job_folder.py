"""Where a job keeps the records that are fetched: below the logs of its Ray session, which Ray serves."""

FOLDER = "seedsweep"


def folder_of_job(key: str, study: str) -> str:
    """Return the folder of a study's results, as a path below the session's logs.

    key: of the person's folder of results, so that two people's studies of one name stay apart.
    """
    return f"{FOLDER}/{key}/{study}"

"""Whether the code of a stored trial is the code as it is now, and what of it changed."""

from pathlib import Path

from sweep.machine.folders import cache_folder
from sweep.store.store import Results
from sweep.study.identity import Identities
from sweep.study.stored_plan import stands_for
from sweep.study.study import Study
from sweep.trial.order import TrialOrder


class Codes:
    """The code of stored trials of one folder, compared with the code that is here now."""

    def __init__(self, results: Results) -> None:
        folder = results.path if isinstance(results.path, Path) else None
        self._document = results.study
        self._identities = Identities(cache_folder(), folder)

    def now(self, order: TrialOrder, study: Study) -> str:
        """Return the stored code_id where the code is the same, else the id of now and what changed, where known."""
        identity = self._identities.of(study)
        same, changed = stands_for(self._document, order.config_id, order.code_id, identity)
        if same:
            return order.code_id
        return identity.code_id + (f" ({'; '.join(changed)})" if changed else "")

"""The export's rows as a pandas DataFrame, for notebooks."""

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from archive.columns import STORIES
from archive.errors import ConfigError
from archive.snapshots import export

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["dataframe"]


def dataframe(engine: Engine, warc_directory: Path, *, as_of: datetime | None) -> "DataFrame":
    """One row per version, with the columns of docs/export.md; moments are aware, in UTC.

    They are read from an export, so that they are its rows. Raises ConfigError without pandas.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - behind an extra
    except ImportError:
        raise ConfigError("DataFrames need pandas: pip install 'kliping[dataframe]'") from None
    with tempfile.TemporaryDirectory(prefix="kliping-") as directory:
        dest = Path(directory) / "snapshot"
        export(engine, warc_directory, dest, as_of=as_of, with_warc=False)
        with (dest / "stories.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    found = pd.DataFrame(rows, columns=[column.name for column in STORIES])
    for name in found.columns:
        if name.endswith("_at"):
            found[name] = pd.to_datetime(found[name], utc=True, format="ISO8601")
    return found

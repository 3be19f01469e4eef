"""What `repair` prints."""

from archive.console import print_line
from archive.printing import print_audit
from archive.repair import Repair

__all__ = ["print_repair"]


def print_repair(done: Repair) -> None:
    """Print what was brought back, and what the audit afterwards still finds."""
    verb = "could be" if done.is_dry else "was"
    for table, count in done.rows.items():
        print_line(f"{table}: {count} rows from the copy")
    for one in done.members:
        print_line(f"{one.file}, offset {one.offset}, {one.record_id or 'end'}: {one.what}")
    for note in done.notes:
        print_line(f"note: {note}")
    if not (done.rows or done.members):
        print_line(f"nothing {verb} brought back")
    if done.after:
        print_audit(done.after)

"""What `repair` and `import` print."""

from archive.console import print_line
from archive.import_versions import Imported
from archive.printing import print_audit
from archive.repair import Repair

__all__ = ["print_imported", "print_repair"]


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


def print_imported(found: Imported) -> None:
    """Print what came from a snapshot, and what did not."""
    print_line(
        f"new: {found.stories} stories, {found.versions} versions, {found.captures} captures;"
        f" {found.known_versions} versions were there already"
    )
    if found.taken_down:
        print_line(f"{found.taken_down} stories are left out: they were taken down here")
    for story_id in found.withdrawn:
        print_line(f"{story_id} was taken down where the snapshot was made (see takedowns.csv)")

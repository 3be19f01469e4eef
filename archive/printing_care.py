"""What `repair` and `import` print."""

from archive.backup import Backup
from archive.console import print_line
from archive.import_versions import Imported
from archive.printing import print_audit, spoken
from archive.repair import Repair

__all__ = ["print_backup", "print_imported", "print_repair"]


def print_backup(made: Backup) -> None:
    """Print what a backup holds, and what in it is not what was stored."""
    for finding in made.damage:
        print_line(f"{finding.where}: {finding.what}; {finding.advice}")
    print_line(
        f"{made.folder}: {made.files} files of {made.bytes:,} bytes, {made.new_bytes:,} of them new"
    )
    print_line(f"head of the chain in it: {made.head or 'none, it is empty'}")
    if made.damage:
        print_line(
            "It holds what the archive holds, damage too: `kliping repair --from COPY` of a good"
            " copy, then back up again."
        )


def print_repair(done: Repair) -> None:
    """Print what was brought back, and what the audit afterwards still finds."""
    verb = "could be" if done.is_dry else "was"
    would = "would be brought back: " if done.is_dry else ""
    for table, count in done.rows.items():
        print_line(f"{would}{table}: {spoken(count, 'row')} from the copy")
    for one in done.members:
        place = f"{one.file}, offset {one.offset}, {one.record_id or 'end'}"
        print_line(f"{would}{place}: {one.what}")
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
    for slug, why in found.held.items():
        print_line(f"{slug} is not in: {why}; then run the same command again")
    if found.taken_down:
        print_line(f"{found.taken_down} stories are left out: they were taken down here")
    for story_id in found.withdrawn:
        print_line(f"{story_id} was taken down where the snapshot was made (see takedowns.csv)")

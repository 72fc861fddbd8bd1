"""How a database comes to the present schema: numbered steps, forward only, never edited later."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.errors import SchemaTooNew


def upgrade(connection: Connection) -> None:
    """Take all steps that are missing, within the transaction of the connection."""
    config = configure(connection)
    if not is_current(connection):
        command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Whether no step is missing; raises SchemaTooNew where a newer program took some."""
    scripts = ScriptDirectory.from_config(configure(connection))
    newest = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(found, str(newest))
    return found == newest


def configure(connection: Connection) -> Config:
    """What Alembic has to know: where the steps are, and the connection to take them on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

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
    command.upgrade(configure(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether no step is missing; raises SchemaTooNew where a newer program took some."""
    return is_newest(schema_of(connection))


def is_newest(schema: str | None) -> bool:
    """Whether a schema is the one of this program; raises SchemaTooNew for one it does not know."""
    scripts = ScriptDirectory.from_config(_config())
    newest = scripts.get_current_head()
    if schema is not None and schema not in {step.revision for step in scripts.walk_revisions()}:
        raise SchemaTooNew(schema, str(newest))
    return schema == newest


def schema_of(connection: Connection) -> str | None:
    """The number of the last step that was taken; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def configure(connection: Connection) -> Config:
    """What Alembic has to know: where the steps are, and the connection to take them on."""
    config = _config()
    config.attributes["connection"] = connection
    return config


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config

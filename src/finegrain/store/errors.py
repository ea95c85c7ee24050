"""What can go wrong with files and databases."""

from __future__ import annotations

from finegrain.errors import StateError, StorageError
from finegrain.i18n import N_


class WorkspaceBusyError(StateError):
    """Another process, or another handle in this one, has the workspace open."""

    code = "workspace_busy"
    problem = N_("The workspace {home} is already open in {owner}.")
    remedy = N_("Use that one, or stop it first; a workspace is open in one process at a time.")


class NotAWorkspaceError(StateError):
    """A path cannot be a workspace folder."""

    code = "not_a_workspace"
    problem = N_("{home} cannot be a workspace: {reason}.")
    remedy = N_("Name a folder that finegrain may create or write.")


class NewerWorkspaceError(StateError):
    """The workspace was written by a newer version."""

    code = "newer_workspace"
    problem = N_("{home} was written by a newer finegrain (its version is {found}, this one knows {known}).")
    remedy = N_("Install the newer finegrain.")


class EventStoreError(StorageError):
    """The event store's engine refused a statement or its file."""

    code = "event_store"
    problem = N_("The event store {path} refused: {reason}.")
    remedy = N_("Nothing was changed. Check the disk and the file, or that the server of this address runs; then try again.")


class OpsStoreError(StorageError):
    """The ops store's engine refused, or cannot be reached."""

    code = "ops_store"
    problem = N_("The ops store {url} refused: {reason}.")
    remedy = N_("Check the disk and the file, or that the server runs and takes this address and password; then try again.")


class OpsStoreBusyError(StorageError):
    """Another job held the ops store's write lock for too long."""

    code = "ops_store_busy"
    problem = N_("Another job has been writing for more than {seconds} seconds, so that nothing else can be saved.")
    remedy = N_("Nothing was changed. Try again when the import that runs has ended.")


class NoDriverError(StateError):
    """The driver of a database is not installed."""

    code = "no_driver"
    problem = N_("The ops store {url} needs a driver that is not installed.")
    remedy = N_("Install finegrain with it: `pip install 'finegrain[postgres]'`.")


class OpsElsewhereError(StateError):
    """The workspace holds an ops store already, and the settings name another one."""

    code = "ops_elsewhere"
    problem = N_("{home} keeps its people in {file}, but the setting ops_url names a database.")
    remedy = N_("Remove the setting, or open a new folder with it and import the files again.")


class EventsElsewhereError(StateError):
    """The workspace holds events already, and the settings name another event store."""

    code = "events_elsewhere"
    problem = N_("{home} keeps its events in {file}, but the setting events_url names a database.")
    remedy = N_("Remove the setting, or open a new folder with it and import the files again.")


class EventsUrlMissingError(StateError):
    """The workspace keeps its events in a database, and the settings name none."""

    code = "events_url_missing"
    problem = N_("{home} keeps its events in {url}, but the setting events_url is empty.")
    remedy = N_("Set FINEGRAIN_EVENTS_URL to that address, with its password.")

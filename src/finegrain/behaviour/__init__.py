"""The behaviour index: everything people did, as plain arrays that lie together by person and time; derived, disposable."""

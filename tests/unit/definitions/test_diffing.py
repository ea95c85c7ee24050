"""The order in which definitions change, and the names of their files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finegrain.definitions.contract import Key, State, hash_of
from finegrain.definitions.diffing import differences, field_changes
from finegrain.definitions.files import path_of, slug

names = st.sampled_from("abcde")
states = st.dictionaries(
    st.builds(Key, st.sampled_from(["segment", "tier_scheme", "goal"]), names),
    st.builds(lambda uses, text: {"uses": sorted(uses), "text": text}, st.sets(names, max_size=2), st.text(max_size=3)),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


def uses(key: Key, values: dict[str, list[str]]) -> list[Key]:
    """Give what a definition of these tests names: segments with a smaller name, so that there is no circle."""
    return [Key("segment", name) for name in values["uses"] if key.kind == "goal" or name < key.name]


@given(now=states, wanted=states)
def test_what_is_named_comes_first_and_goes_last(now: State, wanted: State) -> None:
    changes = differences(now, wanted, uses, prune=True)
    made = [change.key for change in changes if change.what != "removed"]
    gone = [change.key for change in changes if change.what == "removed"]
    assert (set(made), set(gone)) == ({key for key in wanted if now.get(key) != wanted[key]}, now.keys() - wanted.keys())
    assert all(made.index(used) < made.index(key) for key in made for used in uses(key, wanted[key]) if used in made)
    assert all(gone.index(used) > gone.index(key) for key in gone for used in uses(key, now[key]) if used in gone)
    assert not [change for change in differences(now, wanted, uses, prune=False) if change.what == "removed"]
    assert differences(wanted, wanted, uses, prune=True) == ()


def test_a_circle_is_no_endless_loop() -> None:
    keys = [Key("segment", name) for name in "ab"]
    state: State = {keys[0]: {"to": keys[1]}, keys[1]: {"to": keys[0]}}
    assert len(differences({}, state, lambda _key, values: [values["to"]], prune=False)) == len(keys)


@given(before=json_values, after=json_values)
def test_fields_differ_exactly_where_values_do(before: object, after: object) -> None:
    changes = list(field_changes(before, after))
    assert bool(changes) == (repr(before) != repr(after) and (before != after or _truths(before) != _truths(after)))
    assert not list(field_changes(before, before))


def _truths(value: object) -> object:
    if isinstance(value, dict):
        return {name: _truths(inner) for name, inner in value.items()}
    return [_truths(inner) for inner in value] if isinstance(value, list) else (type(value), value)


@given(some=st.lists(st.text(max_size=80), max_size=6, unique=True))
def test_any_names_get_files_of_their_own(some: list[str]) -> None:
    taken: dict[str, Key] = {}
    for name in some:
        path = path_of(Key("segment", name), taken)
        assert path.lower() not in taken
        assert len(path.encode()) < 255
        assert not set(path.removeprefix("segments/")) & set('/\\:*?"<>|\0')
        taken[path.lower()] = Key("segment", name)


@given(name=st.text(max_size=80))
def test_a_file_name_is_one_on_every_system(name: str) -> None:
    assert slug(slug(name)) == slug(name) or slug(name).endswith("_")
    assert slug(name).strip(". ")


def test_the_hash_tells_states_and_pruning_apart() -> None:
    one: State = {Key("segment", "a"): {"rule": {"value": 1}}}
    told = {hash_of(one, {}, prune=False), hash_of({}, one, prune=False), hash_of(one, {}, prune=True)}
    assert len(told) == 3

"""What every engine of the store promises."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal.core.errors import NotAllowed, NotFound, Refused
from portal.core.records import Bucket, LinkKey, Partner, Person, Response, Session
from portal.core.register import PartnerRow, ResponseRow

from .cast import DARA, NOW, ONE_OF_EACH, bucket, faults, link_key, partner, person, put, remove, response, row_of

ODD_IDS = ["a b", "..", "../../etc/passwd", "/", "con", "ÄÖÜ", "供应商", "x" * 300, "a..b", ".", "A", "_", "%2e", "a~"]


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=lambda record: record.kind)
def test_a_record_is_read_as_it_was_put(store, open_store, record):
    put(store, record)

    assert record == store.get(type(record), record.id)
    assert record == open_store("store").find(type(record), record.id)
    assert [record.id] == list(store.ids(type(record)))


def test_what_was_never_put_is_not_found(store):
    assert store.find(Partner, "meridian") is None
    assert [] == list(store.ids(Partner))
    assert [] == store.history(Partner, "meridian")
    with pytest.raises(NotFound):
        store.get(Partner, "meridian")
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        assert records.find(Partner, "meridian") is None
        with pytest.raises(NotFound):
            records.get(Partner, "meridian")
        with pytest.raises(NotFound):
            records.remove(Partner, "meridian", "removed")


@pytest.mark.parametrize("id", ODD_IDS)
def test_any_id_is_kept_under_its_own_name(store, id):
    put(store, partner(id), person(id))

    assert id == store.get(Partner, id).id
    assert [id] == list(store.ids(Partner))
    assert [id] == list(store.ids(Person))
    assert [id] == [row.id for row in store.rows(PartnerRow)]
    assert 1 == len(store.history(Partner, id))
    assert [] == faults(store)


@pytest.mark.parametrize("id", ["", "\0", "\ud800", "a" * 100_000])
def test_looking_for_an_impossible_id_finds_nothing(store, id):
    assert store.find(Partner, id) is None


def test_a_put_is_seen_inside_the_block_at_once_and_outside_only_once_it_is_left(store):
    put(store, partner())
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        records.put(partner(city="Huế"), "moved")

        assert "Huế" == records.get(Partner, "meridian").city
        assert "" == store.get(Partner, "meridian").city

    assert "Huế" == store.get(Partner, "meridian").city


def test_an_exception_that_leaves_the_block_leaves_everything_as_it_was(store):
    put(store, partner(), link_key())
    keys = ((Partner, "meridian"), (Partner, "new"), (LinkKey, link_key().id))
    with pytest.raises(ZeroDivisionError), store.transaction(*keys, by=DARA, at=NOW) as records:
        records.put(partner(city="Huế"), "moved")
        records.put(partner("new"), "added")
        records.remove(LinkKey, link_key().id, "withdrawn")
        raise ZeroDivisionError

    assert partner() == store.get(Partner, "meridian")
    assert store.find(Partner, "new") is None
    assert link_key() == store.get(LinkKey, link_key().id)
    assert 1 == len(store.history(Partner, "meridian"))
    assert ["meridian"] == [row.id for row in store.rows(PartnerRow)]


def test_changes_of_several_records_take_effect_together(store):
    put(store, partner(), link_key())
    keys = ((Partner, "meridian"), (Response, "meridian-2026"), (LinkKey, link_key().id))
    with store.transaction(*keys, by=DARA, at=NOW) as records:
        records.put(partner(city="Huế"), "moved")
        records.put(response(), "invited")
        records.remove(LinkKey, link_key().id, "withdrawn")

    assert "Huế" == store.get(Partner, "meridian").city
    assert response() == store.get(Response, "meridian-2026")
    assert store.find(LinkKey, link_key().id) is None
    assert [] == faults(store)


def test_a_record_that_was_not_locked_cannot_be_touched(store):
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        for touch in (
            lambda: records.find(Partner, "other"),
            lambda: records.get(Person, "meridian"),
            lambda: records.put(partner("other"), "added"),
            lambda: records.remove(Partner, "other", "removed"),
        ):
            with pytest.raises(KeyError):
                touch()


def test_a_thread_cannot_begin_a_transaction_inside_another(store):
    with store.transaction((Partner, "one"), by=DARA, at=NOW) as records:
        with pytest.raises(RuntimeError), store.transaction((Partner, "two"), by=DARA, at=NOW):
            pass
        records.put(partner("one"), "added")

    put(store, partner("two"))
    assert {"one", "two"} == set(store.ids(Partner))


def test_a_removed_record_is_gone_and_its_history_stays(store):
    put(store, partner(), what="added")
    remove(store, partner(), "left us")

    assert store.find(Partner, "meridian") is None
    assert [] == list(store.ids(Partner))
    assert [] == store.rows(PartnerRow)
    assert ["added", "left us"] == [event.what for event in store.history(Partner, "meridian")]
    assert ("meridian", None) == store.history(Partner, "meridian")[-1].changes["id"]
    assert [] == faults(store)


def test_history_tells_who_did_what_when_from_what_to_what(store):
    put(store, partner(), what="added")
    with store.transaction((Partner, "meridian"), by="ana", at=NOW + timedelta(days=1)) as records:
        records.put(partner(city="Huế", identifiers={"duns": "987654321"}), "corrected")
    added, corrected = store.history(Partner, "meridian")

    assert (1, NOW, DARA, "added") == (added.number, added.at, added.by, added.what)
    assert (None, "Meridian Textiles") == added.changes["name"]
    assert (2, NOW + timedelta(days=1), "ana", "corrected") == (
        corrected.number,
        corrected.at,
        corrected.by,
        corrected.what,
    )
    assert {"city": ("", "Huế"), "identifiers.duns": ("123456789", "987654321")} == corrected.changes


def test_history_counts_on_when_the_clock_goes_back(store):
    put(store, partner())
    for hours in (0, -5, 3, -9000):
        with store.transaction((Partner, "meridian"), by=DARA, at=NOW + timedelta(hours=hours)) as records:
            records.put(partner(city=f"{hours}"), "moved")

    assert [1, 2, 3, 4, 5] == [event.number for event in store.history(Partner, "meridian")]


def test_a_long_history_is_told_whole(store, open_store):
    for number in range(30):
        put(store, partner(city=f"{number} " + "x" * 200), what=f"step {number}")

    assert [f"step {number}" for number in range(30)] == [
        event.what for event in open_store("store").history(Partner, "meridian")
    ]
    assert [] == faults(store)


def test_a_private_field_is_told_as_changed_without_its_content(store):
    put(store, person(password="first-hash"))
    put(store, person(password="second-hash"))
    history = store.history(Person, DARA)

    assert {"password": ("(private)", "(private)")} == history[1].changes
    assert "-hash" not in str(history)


def test_kinds_without_history_keep_none(store):
    put(store, bucket(tries=1))
    put(store, bucket(tries=2))
    remove(store, bucket())

    assert [] == store.history(Bucket, bucket().id)
    assert store.find(Bucket, bucket().id) is None
    assert [] == faults(store)


def test_putting_what_is_there_already_is_no_step(store):
    put(store, partner())
    put(store, partner(), what="again")

    assert ["kept"] == [event.what for event in store.history(Partner, "meridian")]


def test_two_puts_in_one_transaction_are_two_steps(store):
    for city in ("Huế", "Vinh"):
        with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
            records.put(partner(city=city), "one")
            records.put(partner(city=city, tags=()), "two")

    assert ["one", "two"] * 2 == [event.what for event in store.history(Partner, "meridian")]
    assert [] == faults(store)


def test_a_record_that_comes_and_goes_in_one_transaction_never_was(store):
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        records.put(partner(), "added")
        records.remove(Partner, "meridian", "removed")

        assert records.find(Partner, "meridian") is None

    assert store.find(Partner, "meridian") is None
    assert [] == store.history(Partner, "meridian")


def test_an_id_that_is_used_again_goes_on_with_its_history(store):
    put(store, partner(), what="added")
    put(store, partner(city="Huế"), what="moved")
    remove(store, partner(), "removed")
    put(store, partner(), what="added again")
    put(store, partner(city="Vinh"), what="moved again")
    with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
        records.remove(Partner, "meridian", "removed")
        records.put(partner(name="New"), "replaced")
    history = store.history(Partner, "meridian")

    assert list(range(1, 8)) == [event.number for event in history]
    assert ["moved again", "removed", "replaced"] == [event.what for event in history[-3:]]
    assert "New" == store.get(Partner, "meridian").name
    assert [] == faults(store)


def test_the_register_has_the_rows_of_partners_and_responses_as_they_are_now(store, open_store):
    other = open_store("store")
    put(store, partner("one"), partner("two"), response(), person())
    assert {"one", "two"} == {row.id for row in other.rows(PartnerRow)}
    put(store, partner("one", name="One"), response(last_section="gates"))
    remove(store, partner("two"))

    for seen in (store, other, open_store("store")):
        assert [row_of(partner("one", name="One"))] == seen.rows(PartnerRow)
        assert [row_of(response(last_section="gates"))] == seen.rows(ResponseRow)


def test_changing_the_list_of_rows_changes_nothing_in_the_store(store):
    put(store, partner())
    store.rows(PartnerRow).clear()

    assert 1 == len(store.rows(PartnerRow))


def test_the_register_can_be_made_anew(store):
    put(store, partner("one"), partner("two"), response())

    assert 3 == store.rebuild()
    assert {"one", "two"} == {row.id for row in store.rows(PartnerRow)}


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff"])
@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda text: partner(name=text), "name"),
        (lambda text: partner(text), "id"),
        (lambda text: partner(tags=("fine", text)), "tags.2"),
        (lambda text: partner(identifiers={"duns": text}), "identifiers.duns"),
        (lambda text: partner(identifiers={text: "1"}), "identifiers.?"),
        (lambda text: response(answers={"fence": replace(response().answers["fence"], comment=text)}), None),
    ],
)
def test_text_that_not_every_engine_can_hold_is_refused_by_name_of_its_field(store, make, where, text):
    record = make(text)
    with (
        store.transaction((type(record), record.id), by=DARA, at=NOW) as records,
        pytest.raises(Refused) as refused,
    ):
        records.put(record, "kept")

    assert [where or "answers.fence.comment"] == [problem.where for problem in refused.value.problems]
    assert [] == list(store.ids(type(record)))


def test_such_text_is_refused_in_the_words_of_an_event_too(store):
    with pytest.raises(Refused), store.transaction((Partner, "meridian"), by="A\0na", at=NOW):
        pass
    with (
        pytest.raises(Refused),
        store.transaction((Partner, "meridian"), by="Ana", at=NOW) as records,
    ):
        records.put(partner(), "\udcff")

    assert store.find(Partner, "meridian") is None


def test_text_that_only_talks_of_such_characters_is_kept(store):
    talking = partner(name="\\u0000 and \\ud800 \x1b \u2028 𝕏")
    put(store, talking)

    assert talking == store.get(Partner, "meridian")


def test_a_dump_loaded_and_dumped_again_is_the_same_to_the_byte(store, open_store):
    put(store, *ONE_OF_EACH, partner("供应商/1"))
    put(store, partner(city="Huế"), what="moved")
    put(store, partner("gone"))
    remove(store, partner("gone"))
    put(store, partner("back"))
    remove(store, partner("back"))
    put(store, partner("back", city="Vinh"))
    dump = list(store.dump())
    other = open_store("other")
    other.load(dump)

    assert dump == list(other.dump())
    assert [] == faults(other)
    assert store.history(Partner, "gone") == other.history(Partner, "gone")
    assert {row.id for row in store.rows(PartnerRow)} == {row.id for row in other.rows(PartnerRow)}
    put(other, partner("back", city="Huế"), what="moved")
    remove(other, partner("back"))
    assert [1, 2, 3, 4, 5] == [event.number for event in other.history(Partner, "back")]
    assert [] == faults(other)


def test_a_dump_names_its_parts_and_leaves_sign_ins_and_throttles_out(store):
    put(store, *ONE_OF_EACH)

    assert [
        "history/person/dara%40importer.example.com.jsonl",
        "record/person/dara%40importer.example.com.json",
        "history/partner/meridian.jsonl",
        "record/partner/meridian.json",
        "history/response/meridian-2026.jsonl",
        "record/response/meridian-2026.json",
        f"record/link/{'ab' * 32}.json",
        "history/audit/exports-2026-03.jsonl",
        "record/audit/exports-2026-03.json",
        "history/visit/gate-2026.jsonl",
        "record/visit/gate-2026.json",
    ] == [name for name, _ in store.dump()]


def test_the_parts_of_a_dump_can_be_loaded_in_any_order(store, open_store):
    for number in range(3):
        put(store, partner(city=f"{number}"))
    dump = list(store.dump())
    other = open_store("other")
    other.load(reversed(dump))

    assert dump == list(other.dump())
    assert [] == faults(other)


def test_a_store_that_is_not_empty_takes_no_dump(store, open_store):
    put(store, partner())
    other = open_store("other")
    put(other, partner("kept"))
    with pytest.raises(NotAllowed):
        other.load(store.dump())

    assert ["kept"] == list(other.ids(Partner))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("record/partner/x.json", b"{"),
        ("record/partner/x.json", b"{}"),
        ("record/partner/other.json", None),
        ("record/session/x.json", b"{}"),
        ("record/../x.json", b"{}"),
        ("history/partner/x.json", b""),
        ("history/partner/x.jsonl", b'{"number": "one"}\n'),
        ("notes.txt", b""),
    ],
)
def test_what_is_not_a_part_of_a_dump_is_refused_by_name_and_nothing_of_the_dump_stays(store, open_store, name, data):
    put(store, partner())
    good = dict(store.dump())
    other = open_store("other")
    with pytest.raises(Refused) as refused:
        other.load([*good.items(), (name, data or good["record/partner/meridian.json"])])

    assert [name] == [problem.where for problem in refused.value.problems]
    assert [] == list(other.dump())
    assert [] == other.rows(PartnerRow)
    other.load(good.items())
    assert good == dict(other.dump())


def test_a_healthy_store_has_no_faults_and_is_ready(store):
    put(store, *ONE_OF_EACH)
    store.ready()

    assert [] == faults(store)


def test_threads_that_change_one_record_at_once_lose_nothing(store):
    put(store, partner(city="0"))

    def count(_: int) -> None:
        with store.transaction((Partner, "meridian"), by=DARA, at=NOW) as records:
            now = records.get(Partner, "meridian")
            records.put(replace(now, city=str(int(now.city) + 1)), "counted")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(60)))

    assert "60" == store.get(Partner, "meridian").city
    assert list(range(1, 62)) == [event.number for event in store.history(Partner, "meridian")]


def test_threads_that_lock_the_same_records_in_another_order_do_not_wait_for_each_other_for_ever(store):
    ids = [f"p{number}" for number in range(6)]
    put(store, *(partner(id, city="0") for id in ids))

    def count(turn: int) -> None:
        order = ids if turn % 2 else ids[::-1]
        with store.transaction(*((Partner, id) for id in order), by=DARA, at=NOW) as records:
            for id in order:
                now = records.get(Partner, id)
                records.put(replace(now, city=str(int(now.city) + 1)), "counted")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(20)))

    assert ["20"] * 6 == [store.get(Partner, id).city for id in ids]


def test_readers_see_only_whole_records_while_others_write(store):
    put(store, partner(city="0", name="0"))
    done = threading.Event()

    def write() -> None:
        for number in range(1, 80):
            put(store, partner(city=f"{number}", name=f"{number}" * number))
        done.set()

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        seen = []
        while not done.is_set() and not writing.done():
            now = store.get(Partner, "meridian")
            seen.append((now.name, now.city * max(1, int(now.city))))
        writing.result()

    assert all(name == expected for name, expected in seen)


def test_a_dump_and_a_verification_while_others_save_find_each_record_with_its_own_history(store, open_store):
    ids = [f"p{number}" for number in range(8)]
    put(store, *(partner(id, city="0") for id in ids))
    stop = threading.Event()

    def save() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            put(store, partner(ids[turn % 8], city=f"{turn}", name=f"{turn}" * 500))
            put(store, partner(ids[turn % 5], city=f"{turn}b"), partner("comes and goes", city=f"{turn}"))
            remove(store, partner("comes and goes"))

    with ThreadPoolExecutor(1) as threads:
        saving = threads.submit(save)
        found = [fault for _ in range(3) for fault in faults(store)]
        dump = list(store.dump())
        stop.set()
        saving.result()
    other = open_store("other")
    other.load(dump)

    assert [] == found
    assert dump == list(other.dump())
    assert [] == faults(other)
    for id in ids:
        assert other.get(Partner, id).city == told_last(other, id)


def told_last(store, id):
    """The city that the last event about it names."""
    return next(e.changes["city"][1] for e in reversed(store.history(Partner, id)) if "city" in e.changes)


def test_signing_out_and_in_again_leaves_only_the_new_session(store):
    first, second = Session(id="1" * 64, made=NOW, seen=NOW), Session(id="2" * 64, made=NOW, seen=NOW)
    put(store, first)
    with store.transaction((Session, first.id), (Session, second.id), by="session", at=NOW) as records:
        records.remove(Session, first.id, "replaced")
        records.put(second, "made")

    assert [second.id] == list(store.ids(Session))


def test_a_note_is_a_step_that_changes_nothing(store, open_store):
    put(store, person())
    with store.transaction((Person, DARA), by="gate", at=NOW) as records:
        records.note(Person, DARA, "signed in")

    _, note = open_store("store").history(Person, DARA)
    assert (2, "gate", "signed in", {}) == (note.number, note.by, note.what, note.changes)
    assert person() == store.get(Person, DARA)
    assert [] == faults(store)


def test_nothing_is_noted_of_what_is_not_there(store):
    with store.transaction((Person, DARA), by="gate", at=NOW) as records, pytest.raises(NotFound):
        records.note(Person, DARA, "signed in")


SECRET = "the fence at gate 4 is broken"


def forget(store, *records, what="past its time"):
    with store.transaction(*((type(one), one.id) for one in records), by=DARA, at=NOW) as transaction:
        for one in records:
            transaction.forget(type(one), one.id, what)


def told(store):
    """Everything that a dump holds."""
    return b"".join(data for _, data in store.dump()).decode()


def test_what_is_forgotten_leaves_one_entry_that_tells_nothing_of_it(store):
    for city in (SECRET, "Huế", *map(str, range(20))):
        put(store, partner(city=city), response(last_section=city), link_key())
    forget(store, partner(), response(), link_key())

    assert SECRET not in told(store)
    assert "Meridian" not in told(store)
    assert [None] * 3 == [store.find(type(one), one.id) for one in (partner(), response(), link_key())]
    assert [] == [*store.rows(PartnerRow), *store.rows(ResponseRow)]
    for kind, id in ((Partner, "meridian"), (Response, "meridian-2026")):
        (event,) = store.history(kind, id)
        assert (1, "past its time", DARA, {"id": (id, None)}) == (event.number, event.what, event.by, event.changes)
    assert [] == faults(store)


def test_an_id_that_was_forgotten_can_be_used_again_and_survives_a_dump(store, open_store):
    put(store, partner(city=SECRET))
    forget(store, partner())
    put(store, partner(), what="added again")
    other = open_store("other")
    other.load(store.dump())

    for one in (store, other):
        assert ["past its time", "added again"] == [event.what for event in one.history(Partner, "meridian")]
        assert [1, 2] == [event.number for event in one.history(Partner, "meridian")]
        assert [] == faults(one)


def test_what_is_forgotten_survives_a_dump_as_forgotten(store, open_store):
    put(store, partner(city=SECRET))
    forget(store, partner())
    other = open_store("other")
    other.load(store.dump())

    assert 1 == len(other.history(Partner, "meridian"))
    assert [] == faults(other)


def test_forgetting_is_all_or_nothing(store):
    put(store, partner(city=SECRET), response())
    keys = ((Partner, "meridian"), (Response, "meridian-2026"))
    with pytest.raises(ZeroDivisionError), store.transaction(*keys, by=DARA, at=NOW) as records:
        records.forget(Partner, "meridian", "past its time")
        raise ZeroDivisionError
    with store.transaction(*keys, by=DARA, at=NOW) as records:
        records.forget(Partner, "meridian", "past its time")
        with pytest.raises(NotFound):
            records.get(Partner, "meridian")
        with pytest.raises(RuntimeError):
            records.put(partner(), "added")
        records.forget(Response, "meridian-2026", "past its time")

    assert [] == [*store.ids(Partner), *store.ids(Response)]
    with pytest.raises(NotFound):
        forget(store, partner())

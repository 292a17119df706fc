"""The catalogues: what is found for translation, how they are merged and checked, and that those we ship are sound."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from babel.messages.catalog import Catalog
from conftest import CHECKOUT
from msgspec import Struct

from portal.content.fields import InvalidContent
from portal.content.library import Library
from portal.core.questionnaire import Criterion, Questionnaire
from portal.core.schemes import Scheme
from portal.core.wording import SAID, UNSAID, reworded, wordings
from portal.languages.checking import check_catalogue, check_languages, difference
from portal.languages.extracting import own_words, what_questionnaires_say
from portal.languages.reading import read_catalogue, translations
from portal.languages.tongues import tongue
from portal.languages.updating import as_file, update
from portal.languages.words import Languages

CONTENT = CHECKOUT / "questionnaires"
SHIPPED = sorted([*(CHECKOUT / "portal" / "languages").glob("*.po"), *(CONTENT / "languages").glob("*.po")])


def english(*texts: str) -> Catalog:
    catalogue = Catalog()
    for text in texts:
        catalogue.add(text)
    return catalogue


@pytest.fixture
def po(tmp_path: Path) -> Callable[..., Path]:
    """A Spanish catalogue with these translations."""

    def write(**texts: str) -> Path:
        catalogue = Catalog()
        for text, translation in texts.items():
            catalogue.add(text.replace("_", " "), translation)
        path = tmp_path / "es.po"
        path.write_bytes(as_file(catalogue, "es"))
        return path

    return write


class TestFinding:
    def test_words_of_templates_tables_and_refusals_are_found(self) -> None:
        found = {one.id for one in own_words()}

        assert {
            "Skip to the content",  # a template
            "Saving …",  # what the script says
            "Typical evidence:",  # a table of a page
            "These answers have already been submitted.",  # why not
            "Row %(row)s, “%(column)s”: %(why)s",  # a refusal
            "This is a film. Send photos of what it shows",  # a file
            "Not saved: the server's disk is full. Your text is still in this page.",  # the disk
            "Too many tries. Wait %(minutes)s min and try again.",  # a throttle
            "Your new link to the security questionnaire of %(importer)s",  # a mail
            "There is no such page",  # an error
            "In progress",  # a state
            "Agreed",  # an answer
        } <= found

    def test_words_for_staff_alone_are_not_asked_of_translators(self) -> None:
        found = {one.id for one in own_words()}

        assert set() == found & {"You are signed out.", "There is no such partner.", "The table is imported.", "Code"}

    def test_every_text_of_a_questionnaire_is_found_once_with_its_place(self, library: Library) -> None:
        found = {one.id: one for one in what_questionnaires_say(library) if one.id}
        question = library.questionnaires["foreign-manufacturer"].question("cyber-rules")

        assert question is not None
        assert {question.ask, question.help, "Cybersecurity", "Yes"} <= found.keys()
        assert ["question cyber-rules: ask"] == found[question.ask].auto_comments

    def test_of_each_text_field_it_is_decided_whether_it_is_translated(self) -> None:
        """A new field of a question is a text for partners or it is not: say so in `wording`."""
        undecided = [
            f"{one.__name__}.{name}"
            for one in structs_in(Questionnaire)
            for name, type in get_type_hints(one).items()
            if str in types_in(type) and name not in (*SAID.get(one, ()), *UNSAID.get(one, ()))
        ]

        assert [] == undecided

    def test_rewording_changes_texts_and_nothing_else(self, library: Library) -> None:
        one = library.questionnaires["foreign-manufacturer"]
        loud = reworded(one, str.upper)

        assert one == reworded(one, str)
        assert [said.text.upper() for said in wordings(one)] == [said.text for said in wordings(loud)]
        assert [q.id for q in one.questions] == [q.id for q in loud.questions]


def types_in(hint: Any) -> set[Any]:
    """The types that a hint is made of."""
    return {hint}.union(*(types_in(part) for part in get_args(hint)))


def structs_in(one: type[Struct], seen: set[type] | None = None) -> Iterator[type[Struct]]:
    """Every type of values in a questionnaire that partners may see; not its conditions, score and criteria."""
    seen = set() if seen is None else seen
    if one in seen or one in (Scheme, Criterion) or one.__module__ == "portal.core.conditions":
        return
    seen.add(one)
    yield one
    for hint in get_type_hints(one).values():
        for part in types_in(hint):
            if inspect.isclass(part) and issubclass(part, Struct):
                yield from structs_in(part, seen)


class TestMerging:
    def test_a_new_text_comes_without_a_translation_and_others_keep_theirs(self, po: Callable[..., Path]) -> None:
        path = po(A_gate="Una puerta")
        update(path, english("A fence", "A gate"))

        assert {"A gate": "Una puerta"} == translations(read_catalogue(path))
        assert ["A fence", "A gate"] == [one.id for one in read_catalogue(path) if one.id], "in the order of the code"

    def test_a_reworded_text_keeps_its_old_translation_until_somebody_has_looked(self, po: Callable[..., Path]) -> None:
        path = po(Is_the_gate_locked_at_night="¿Está cerrada la puerta de noche?")
        update(path, english("Is the gate locked at night and on weekends"))
        now = read_catalogue(path)
        [message] = [one for one in now if one.id]

        assert (message.string, message.fuzzy) == ("¿Está cerrada la puerta de noche?", True)
        assert {"Is the gate locked at night": "¿Está cerrada la puerta de noche?"} == translations(now)

    def test_a_text_that_is_gone_is_kept_for_old_editions_and_comes_back(self, po: Callable[..., Path]) -> None:
        path = po(A_gate="Una puerta")
        update(path, english("Something quite different"))
        assert {"A gate": "Una puerta"} == translations(read_catalogue(path))
        assert "#~ msgid" in path.read_text()

        update(path, english("Something quite different", "A gate"))
        assert "#~" not in path.read_text()
        assert {"A gate": "Una puerta"} == translations(read_catalogue(path))

    def test_merging_twice_changes_nothing(self, tmp_path: Path, library: Library) -> None:
        path = tmp_path / "ar.po"
        path.write_bytes((CONTENT / "languages" / "ar.po").read_bytes())
        update(path, what_questionnaires_say(library))
        once = path.read_bytes()
        update(path, what_questionnaires_say(library))

        assert once == path.read_bytes()

    def test_a_text_of_several_paragraphs_is_one_message_and_comes_back_whole(self, tmp_path: Path) -> None:
        text = "One **line**\n\n- two\n- “three” \\ 100 %"
        path = tmp_path / "es.po"
        update(path, english(text))

        assert [text] == [one.id for one in read_catalogue(path) if one.id]

    def test_no_date_person_or_machine_is_named(self) -> None:
        for path in SHIPPED:
            head = path.read_text().split("\n\n")[0]
            assert not [word for word in ("Date", "Translator", "Generated", "Team") if word in head], path


class TestChecking:
    def test_what_is_missing_stale_and_wrong_is_told_with_its_line(self, tmp_path: Path) -> None:
        path = tmp_path / "es.po"
        path.write_text(
            'msgid "One"\nmsgstr ""\n\n#, fuzzy\nmsgid "Two"\nmsgstr "Dos"\n\n'
            'msgid "Write to %(contact)s."\nmsgstr "Escriba a %(contacto)s."\n\nmsgid "Gone"\nmsgstr "Ido"\n\n'
            '#~ msgid "Back"\n#~ msgstr "De vuelta"\n'
        )
        report = check_catalogue(path, english("One", "Two", "Write to %(contact)s.", "New", "Back"))

        assert [1, 1] == [one.line for one in report.missing]
        assert ["“Two” was", "“Gone” is", "“Back” is"] == [one.text[:9] for one in report.stale]
        assert [5, 11, 14] == [one.line for one in report.stale]
        [wrong] = report.wrong
        assert (8, str(path)) == (wrong.line, wrong.file)
        assert "lacks %(contact)s and has %(contacto)s" in wrong.text

    @pytest.mark.parametrize(
        ("text", "right", "wrong"),
        [
            ("%(a)s of %(b)s", "%(b)s: %(a)s", "%(a)s of %(a)s"),
            ("Saved at {time}.", "Guardado a las {time}.", "Guardado a las {hora}."),
            (
                "See [here](https://example.com/a).",
                "Vea [aquí](https://example.com/a).",
                "Vea [aquí](https://b.example).",
            ),
            ("Such as `MX01`.", "Por ejemplo `MX01`.", "Por ejemplo MX01."),
        ],
    )
    def test_a_placeholder_must_stand_in_the_translation_as_it_is(self, text: str, right: str, wrong: str) -> None:
        assert "" == difference(text, right)
        assert difference(text, wrong)

    def test_a_file_that_is_no_catalogue_is_a_mistake_with_its_line(self, tmp_path: Path) -> None:
        path = tmp_path / "es.po"
        path.write_text('msgid "One"\nmsgstr "Uno"\nmsgstring "Two"\n')

        with pytest.raises(InvalidContent):
            read_catalogue(path)
        assert 3 == check_catalogue(path, english("One")).wrong[0].line

    def test_in_those_we_ship_everything_is_translated_and_no_placeholder_is_lost(self, library: Library) -> None:
        reports = check_languages(CONTENT, library)

        assert {"es", "zh_Hans", "vi", "pt_BR", "tr", "hi", "ar"} == reports.keys()
        assert [] == [
            str(one) for report in reports.values() for one in (*report.wrong, *report.missing, *report.stale)
        ]


class TestLanguages:
    def test_another_language_is_two_files_and_no_python(self, tmp_path: Path) -> None:
        (tmp_path / "languages").mkdir()
        (tmp_path / "fr.po").write_text('msgid "Leave"\nmsgstr "Quitter"\n')
        languages = Languages(tmp_path, tmp_path)

        assert ["en", "fr"] == list(languages.tongues)
        assert "Quitter" == languages.words("fr").say("Leave")
        assert "Sections" == languages.words("fr").say("Sections"), "what is missing is said in English"
        assert "Leave" == languages.words("xx").say("Leave")

    def test_a_language_has_its_own_name_its_tag_and_its_direction(self) -> None:
        assert ("pt-BR", "ltr", "Português (Brasil)") == (
            tongue("pt_BR").tag,
            tongue("pt_BR").direction,
            tongue("pt_BR").name,
        )
        assert ("rtl", "العربية") == (tongue("ar").direction, tongue("ar").name)

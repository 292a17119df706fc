import json


def test_the_site_is_published_where_it_is_wanted(with_partners, tmp_path):
    published = with_partners("publish", "--into", tmp_path / "site")
    partners = json.loads((tmp_path / "site" / "data" / "partners.json").read_text())

    assert 0 == published.exit_code, published.stderr
    assert "Meridian Textiles" in json.dumps(partners)
    assert (tmp_path / "site" / "partners" / "meridian" / "index.html").is_file()


def test_the_site_lies_in_the_data_folder_unless_said_otherwise(with_partners, data):
    assert 0 == with_partners("publish").exit_code
    assert (data / "site" / "index.html").is_file()


def test_only_what_changed_is_written_anew_unless_all_is_wanted(with_partners):
    with_partners("publish")

    assert " 0 written" in with_partners("publish").stdout
    assert " 0 unchanged" in with_partners("publish", "--all").stdout


def test_a_folder_of_somebody_else_is_left_alone(with_partners, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")

    refused = with_partners("publish", "--into", tmp_path / "mine")

    assert 1 == refused.exit_code
    assert "Traceback" not in refused.stderr
    assert ["letter.txt"] == [path.name for path in (tmp_path / "mine").iterdir()]


def test_progress_is_told_on_standard_error_only(with_partners):
    published = with_partners("publish")

    assert "Publishing" in published.stderr
    assert 1 == len(published.stdout.splitlines())

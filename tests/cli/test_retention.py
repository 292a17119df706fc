def test_nothing_is_past_its_time_in_a_new_store(with_partners):
    told = with_partners("retention")

    assert (0, True) == (told.exit_code, "Nothing is past its time." in told.stdout)


def test_deleting_tells_how_much(with_partners):
    told = with_partners("retention", "--delete")

    assert (0, True) == (told.exit_code, "Deleted: 0 responses, 0 partners, 0 files." in told.stdout)


def test_a_setting_that_is_no_number_is_named(with_partners):
    told = with_partners("retention", PORTAL_KEEP_UNSENT_MONTHS="soon")

    assert (78, True) == (told.exit_code, "PORTAL_KEEP_UNSENT_MONTHS" in told.stderr)

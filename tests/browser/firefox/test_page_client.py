"""The client for web pages in Firefox: what is asked of it in Chromium, by other devices."""

from tests.browser.test_page_client import (
    page,
    test_a_component_is_talked_to_with_its_values_and_outputs_by_each_way,
    test_files_and_arrays_are_sent_in_place_of_devices,
)

__all__ = [
    "page",
    "test_a_component_is_talked_to_with_its_values_and_outputs_by_each_way",
    "test_files_and_arrays_are_sent_in_place_of_devices",
]

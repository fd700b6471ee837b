"""Webhooks: which addresses may be sent to, and how long is waited after a failure."""

from datetime import timedelta
from ipaddress import ip_address

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.webhooks import check_url, may_send_to, pause_after


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_internet_is_refused(address: str) -> None:
    assert not may_send_to(ip_address(address))
    assert may_send_to(ip_address(address), loopback=True) is (address in {"127.0.0.1", "::1", "::ffff:127.0.0.1"})


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_open_internet_may_be_sent_to(address: str) -> None:
    assert may_send_to(ip_address(address))


@pytest.mark.parametrize(
    "url", ["https://hooks.example.org/a?b=c", "https://8.8.8.8:8443/", "https://[2400:3200::1]/x"]
)
def test_an_address_by_https_is_taken_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "ftp://hooks.example.org/", "https://", "https://user@hooks.example.org/",
        "https://user:x@hooks.example.org/", "https://hooks.example.org/#a", "https://10.0.0.1/", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://hooks.example.org:99999/",
        "https://hooks.example.org/ a", "https://hooks.example.org/\n", "https://hooks.example.org/\\a", "https://例子.org/",
        "https://[::1", f"https://hooks.example.org/{'a' * 500}", "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url(url)
    assert refused.value.reason == "ADDRESS_UNUSABLE"


def test_this_machine_is_taken_where_it_is_allowed_for_tests() -> None:
    for url in ("http://127.0.0.1:9/x", "http://localhost/", "http://[::1]:9/"):
        assert check_url(url, loopback=True) == url
    with pytest.raises(InvalidInput):
        check_url("http://10.0.0.1/", loopback=True)
    with pytest.raises(InvalidInput):
        check_url("https://10.0.0.1/", loopback=True)


def test_the_wait_doubles_up_to_an_hour() -> None:
    assert [pause_after(one) for one in (1, 2, 3)] == [timedelta(seconds=5 * factor) for factor in (1, 2, 4)]
    assert {pause_after(one) for one in (11, 20, 10_000)} == {timedelta(hours=1)}

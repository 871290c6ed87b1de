from importlib import import_module

import pytest
from pydantic_settings import BaseSettings

from deploy.local.outside import Outside
from deploy.local.servers.nats import USERS
from deploy.local.topology import GATEWAY, PROGRAMS, SERVICES, Program, programs_named

EVERY = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)


def settings_of(program: Program) -> type[BaseSettings]:
    found: type[BaseSettings] = import_module(f"{program.module}.settings").Settings
    return found


@EVERY
def test_each_setting_is_a_field_of_the_process(program: Program) -> None:
    assert set(program.settings) <= settings_of(program).model_fields.keys()


@EVERY
def test_what_is_fixed_for_a_process_is_a_field_of_it(program: Program) -> None:
    assert program.fixed.keys() <= settings_of(program).model_fields.keys()


@pytest.mark.parametrize("service", SERVICES, ids=lambda program: program.name)
def test_each_service_is_served_by_one_of_its_processes_and_worked_for_by_one(service: Program) -> None:
    parts = programs_named([service.name])
    assert parts[0] == service
    for half in ("serve", "consume"):
        assert [part.fixed.get(half, "true") for part in parts].count("true") == 1


@EVERY
def test_everything_that_a_process_requires_is_given(program: Program) -> None:
    required = {name for name, field in settings_of(program).model_fields.items() if field.is_required()}
    assert required <= set(program.settings)


@EVERY
def test_environment_has_the_prefix_that_the_process_reads(program: Program) -> None:
    prefix = settings_of(program).model_config["env_prefix"]
    assert program.variable("nats_url") == f"{prefix}NATS_URL"


def test_each_process_has_a_user_at_the_broker() -> None:
    assert {program.service for program in PROGRAMS} <= set(USERS)


def test_services_migrate_and_the_gateway_does_not() -> None:
    assert [program for program in PROGRAMS if program.migrates] == list(SERVICES)


def test_unknown_process_is_named_with_those_that_exist() -> None:
    with pytest.raises(LookupError, match=r"no process billing; there are content, .*gateway"):
        programs_named(["billing", "content"])


def test_without_addresses_in_the_environment_only_the_needed_servers_are_ours() -> None:
    content, *_ = SERVICES
    assert Outside({}).missing(PROGRAMS) == {"postgres", "nats", "valkey"}
    assert Outside({}).missing([content]) == {"postgres", "nats"}
    assert Outside({}).missing([GATEWAY]) == {"nats", "valkey"}


def test_servers_of_somebody_else_are_not_ours() -> None:
    given = {"DATABASE_URL": "postgresql://a", "NATS_URL": "nats://b", "VALKEY_URL": "redis://c"}
    assert Outside(given).missing(PROGRAMS) == set()


def test_server_that_one_process_lacks_is_ours() -> None:
    given = {program.variable("database_url"): "postgresql://a" for program in SERVICES}
    assert "postgres" not in Outside(given).missing(PROGRAMS)
    given.pop("SHARING_DATABASE_URL")
    assert "postgres" in Outside(given).missing(PROGRAMS)


def test_own_address_of_a_process_goes_before_the_one_for_all() -> None:
    content, sharing, *_ = SERVICES
    outside = Outside({"NATS_URL": "nats://all", "CONTENT_NATS_URL": "nats://own"})
    assert outside.address(content, "nats_url") == "nats://own"
    assert outside.address(sharing, "nats_url") == "nats://all"

"""Converts the tables of a checked file to what services take."""

import json
from collections.abc import Iterable

from app.adapters.apply_file.certificates import certificate_expires_at
from app.adapters.apply_file.models import AccountTable, ApplyFile, ClientTable, ConnectionTable, TenantTable
from app.domain.accounts.email_address import domain_key
from app.domain.oauth2.client import Scope
from app.services.apply.spec import AccountSpec, ClientSpec, ConnectionSpec, Spec, TenantSpec


def to_spec(file: ApplyFile, tenants: Iterable[TenantSpec]) -> Spec:
    """`file` with its tenants, which have been read already."""
    return Spec(
        tenants=tuple(tenants),
        staff=_accounts(file.staff),
        scopes=tuple(Scope(name=scope.name, description=scope.description) for scope in file.scopes),
        clients=tuple(_client(client, f"clients[{n}]") for n, client in enumerate(file.clients)),
    )


def tenant_spec(table: TenantTable, path: str) -> TenantSpec:
    return TenantSpec(
        path=path,
        slug=table.slug,
        name=table.name or table.slug,
        policy=table.policy,
        email_domains=tuple(dict.fromkeys(domain_key(domain) for domain in table.email_domains)),
        accent=table.accent,
        language=table.language,
        time_zone=table.time_zone,
        status=table.status,
        demands=table.demands(),
        connections=tuple(
            connection_spec(connection, f"{path}.connections[{n}]") for n, connection in enumerate(table.connections)
        ),
        accounts=_accounts(table.accounts),
    )


def connection_spec(table: ConnectionTable, path: str) -> ConnectionSpec:
    return ConnectionSpec(
        path=path,
        name=table.name,
        provider=table.provider(),
        client_secret=table.client_secret,
        next_client_secret=table.next_client_secret,
        client_secret_expires=table.client_secret_expires.isoformat() if table.client_secret_expires else None,
        private_key=table.private_key,
        certificate=table.certificate,
        certificate_expires_at=certificate_expires_at(table.certificate) if table.certificate else None,
        status=table.status,
    )


def _accounts(tables: Iterable[AccountTable]) -> tuple[AccountSpec, ...]:
    return tuple(
        AccountSpec(
            username=table.username,
            name=table.name,
            email=table.email,
            roles=tuple(table.roles),
            external_id=table.external_id,
            password=table.password,
            status=table.status,
        )
        for table in tables
    )


def _client(table: ClientTable, path: str) -> ClientSpec:
    return ClientSpec(
        path=path,
        client_id=table.client_id,
        name=table.name or table.client_id,
        client_secret=table.client_secret,
        redirect_uris=tuple(table.redirect_uris),
        grants=tuple(table.grants),
        scopes=tuple(table.scopes),
        trusted=table.trusted,
        tenant=table.tenant,
        status=table.status,
        expires_iso=table.expires_iso,
        signing_alg=table.signing_alg,
        backchannel_logout_uri=table.backchannel_logout_uri,
        post_logout_redirect_uris=tuple(table.post_logout_redirect_uris),
        jwks=json.loads(table.jwks) if table.jwks is not None else None,
    )

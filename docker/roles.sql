-- The roles of the registry and who may do what in its database; run by a superuser connected to that database.
-- May be run again at any time. Holds no password: a deployment sets them (see docker/passwords.sh).

DO $$
BEGIN
    -- Owns the database and its tables; only migrations sign in as this role.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talent_registry_migrator') THEN
        CREATE ROLE talent_registry_migrator;
    END IF;
    -- What the application may do; migrations grant to this role, and row security applies to it.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talent_registry_app') THEN
        CREATE ROLE talent_registry_app;
    END IF;
    -- The application signs in as this role; a deployment may add more members of talent_registry_app.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talent_registry_api') THEN
        CREATE ROLE talent_registry_api;
    END IF;
END
$$;

ALTER ROLE talent_registry_migrator
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE talent_registry_app
    NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE talent_registry_api
    LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT talent_registry_app TO talent_registry_api;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO talent_registry_migrator', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO talent_registry_app', current_database());
END
$$;

-- PostgreSQL 15 no longer lets everyone create here, an upgraded database may.
ALTER SCHEMA public OWNER TO talent_registry_migrator;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO talent_registry_app;

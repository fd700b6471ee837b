#!/bin/sh
# Gives the two roles that sign in their passwords, from files; run by the postgres image once, after roles.sql.
set -eu
# psql quotes the values itself (:'password'), and they stand in no argument list that others could read.
for role in migrator api; do
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\\set password \`cat /run/secrets/talent_registry_${role}_password\`
ALTER ROLE talent_registry_${role} PASSWORD :'password';
SQL
done

#include "store/grants.h"

#include <fmt/format.h>

namespace store {

void grant_least(PostgresConnection& connection, const std::string& role,
                 const std::map<std::string, std::string>& narrower) {
  std::string name, schema;
  Transaction tx(connection);
  for (const Row row : tx.query("select quote_ident($1), quote_ident(current_schema())"
                                " where current_user <> $1 and $1 <> ''",
                                role)) {
    name = row.text(0);
    schema = row.text(1);
  }
  if (name.empty()) return;
  // Before version 15 of PostgreSQL everybody may create tables in `public`.
  auto script = fmt::format(
      "revoke create on schema {1} from public; revoke all on schema {1} from {0};"
      " revoke all on all tables in schema {1} from {0}; grant usage on schema {1} to {0};"
      " grant select, insert, update, delete on all tables in schema {1} to {0};",
      name, schema);
  for (const auto& [table, rights] : narrower) script += fmt::format(" revoke {} on {} from {};", rights, table, name);
  connection.execute(script);
}

}  // namespace store

#include "store/move.h"

#include <fmt/ranges.h>
#include <sodium.h>

#include <filesystem>
#include <set>

#include "base/address.h"
#include "store/postgres.h"
#include "store/schedules.h"
#include "store/sqlite.h"

namespace store {

namespace {

constexpr std::chrono::hours longest_move{12};
constexpr int shown_at_most = 3;

enum class Type { number, text, bytes };
struct Column {
  std::string name;
  Type type;
  std::int64_t in_key;  ///< Its place in the primary key, from 1; 0: none.
};
struct Table {
  std::string name;
  std::vector<Column> columns;
};

Type type_from(std::string_view declared) {
  if (declared == "text") return Type::text;
  if (declared == "blob") return Type::bytes;
  CHECK(declared == "bigint" || declared == "integer");
  return Type::number;
}

/// What the file has, those first that others refer to.
std::vector<Table> tables_of(Transaction& file) {
  std::vector<Table> tables;
  for (const Row row : file.query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
                                  " order by case name when 'schools' then 0 when 'people' then 1 else 2 end, name"))
    tables.push_back({row.text(0), {}});
  for (auto& table : tables)
    for (const Row row : file.query("select name, lower(type), pk from pragma_table_info($1) order by cid", table.name))
      table.columns.push_back({row.text(0), type_from(row.view(1)), row.integer(2)});
  return tables;
}

std::string names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// All rows in the order of the primary key, which is that of bytes on both engines.
std::string rows_in_order(const Table& table, Engine engine) {
  std::vector<std::string> key(table.columns.size());
  for (const auto& [name, type, in_key] : table.columns)
    if (in_key > 0)
      key[static_cast<std::size_t>(in_key) - 1] =
          name + (engine == Engine::postgresql && type == Type::text ? " collate \"C\"" : "");
  std::erase(key, "");
  return fmt::format("select {} from {} order by {}", names_of(table), table.name, fmt::join(key, ", "));
}

/// Text as COPY writes and reads it.
void put_text(std::string& line, std::string_view text) {
  constexpr std::string_view special = "\b\f\n\r\t\v\\", letters = "bfnrtv\\";
  for (const char c : text) {
    const auto found = special.find(c);
    if (found == std::string_view::npos)
      line += c;
    else
      (line += '\\') += letters[found];
  }
}

/// A row as COPY writes and reads it.
std::string line_of(const Row& row, const Table& table) {
  std::string line;
  for (int at = 0; at < static_cast<int>(table.columns.size()); ++at) {
    if (at > 0) line += '\t';
    if (row.null(at)) {
      line += "\\N";
    } else if (const auto type = table.columns[static_cast<std::size_t>(at)].type; type == Type::number) {
      line += std::to_string(row.integer(at));
    } else if (type == Type::text) {
      put_text(line, row.view(at));
    } else {
      const auto bytes = row.view(at);
      std::string hex(bytes.size() * 2 + 1, '\0');
      sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      hex.pop_back();
      (line += "\\\\x") += hex;
    }
  }
  return line += '\n';
}

class Hash {
 public:
  Hash() { crypto_generichash_init(&state_, nullptr, 0, sizeof bytes_); }
  void add(std::string_view text) {
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  std::string hex() {
    crypto_generichash_final(&state_, bytes_, sizeof bytes_);
    char text[sizeof bytes_ * 2 + 1];
    return sodium_bin2hex(text, sizeof text, bytes_, sizeof bytes_);
  }

 private:
  crypto_generichash_state state_;
  unsigned char bytes_[16];
};

/// What was sent, and what is there now.
struct Copied {
  MovedTable sent, there;
};

/// `way` takes the rows to where `table` is read from afterwards.
Copied copy(Transaction& file, PostgresConnection& server, const Table& table,
            const std::function<void(const std::function<void(const PostgresConnection::Piece&)>& give)>& way) {
  Copied copied{{table.name, 0, ""}, {table.name, 0, ""}};
  Hash sent, there;
  way([&](const PostgresConnection::Piece& put) {
    for (const Row row : file.query(rows_in_order(table, Engine::sqlite))) {
      const auto line = line_of(row, table);
      ++copied.sent.rows;
      sent.add(line);
      put(line);
    }
  });
  copied.there.rows = server.copy_out("copy (" + rows_in_order(table, Engine::postgresql) + ") to stdout",
                                      [&](std::string_view line) { there.add(line); });
  copied.sent.hash = sent.hex();
  copied.there.hash = there.hex();
  return copied;
}

bool arrived(const Copied& copied) {
  return copied.sent.rows == copied.there.rows && copied.sent.hash == copied.there.hash;
}

/// The same names of columns in whatever order; a table that only one side has is found by its name.
void require_same_columns(PostgresConnection& server, const Table& table) {
  std::set<std::string> here, there;
  for (const auto& column : table.columns) here.insert(column.name);
  Transaction tx(server);
  for (const Row row : tx.query("select attname::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0"
                                " and not attisdropped",
                                table.name))
    there.insert(row.text(0));
  if (here != there)
    throw std::runtime_error(fmt::format("{} has other columns in PostgreSQL ({}) than in the file ({}).", table.name,
                                         fmt::join(there, ", "), fmt::join(here, ", ")));
}

std::vector<std::string> names(Transaction& tx, std::string_view condition) {
  std::vector<std::string> found;
  for (const Row row : tx.query(fmt::format("select relname::text from pg_class where relkind = 'r'"
                                            " and relnamespace = current_schema()::regnamespace and {} order by 1",
                                            condition)))
    found.push_back(row.text(0));
  return found;
}

/// The walls between schools, out of the way of their owner until the transaction ends: COPY does not pass them. The
/// lock on each table also keeps every server waiting, so that nobody adds anything meanwhile.
class WallsDown {
 public:
  explicit WallsDown(PostgresConnection& server) : server_(server) {
    Transaction tx(server);
    walls_ = names(tx, "relforcerowsecurity");
    for (const auto& table : walls_) server.execute("alter table " + table + " no force row level security");
  }
  void raise() const {
    for (const auto& table : walls_) server_.execute("alter table " + table + " force row level security");
  }

 private:
  PostgresConnection& server_;
  std::vector<std::string> walls_;
};

void require_empty(Transaction& tx, const std::string& address, std::span<const std::string> slugs) {
  for (const auto& slug : slugs)
    if (school_with_slug(tx, slug))
      throw std::runtime_error(
          fmt::format("{} has the school {} already; a school is moved once.", base::printable(address), slug));
  for (const auto& table : names(tx, "relname <> 'migrations'"))
    if (tx.number(fmt::format("select 1 from {} limit 1", table)))
      throw std::runtime_error(
          fmt::format("{} is not empty: there is something in its table {}. A file is moved into a database that has a"
                      " schema and nothing else.",
                      base::printable(address), table));
}

void require_newest(Transaction& file, const std::string& path) {
  const int applied = applied_migration(file), newest = newest_migration(Engine::sqlite);
  if (applied > newest)
    throw std::runtime_error(
        fmt::format("{} has schema {}, newer than the {} this program knows.", path, applied, newest));
  if (applied < newest)
    throw std::runtime_error(fmt::format(
        "{} has schema {}, and this program moves {}: run `roadbook migrate` on it first.", path, applied, newest));
}

/// Whoever has lost a key has lost a person: better found before the move than after it.
void require_keys(Transaction& file, Transaction& keys, const std::string& path) {
  std::int64_t missing = 0, all = 0;
  for (const Row row : file.query("select school_id, id from people where sealed is not null")) {
    ++all;
    if (!keys.number("select 1 from person_keys where school_id = $1 and id = $2", row.integer(0), row.integer(1)))
      ++missing;
  }
  if (missing > 0)
    throw std::runtime_error(
        fmt::format("{} has no key for {} of {} people: is it the key store of this file?", path, missing, all));
}

void require_sound(const Verification& verification, const std::string& where) {
  if (verification.faults.empty()) return;
  const auto shown = std::min<std::size_t>(verification.faults.size(), shown_at_most);
  throw std::runtime_error(fmt::format("{} is not sound and nothing was moved; `roadbook verify` says more: {}", where,
                                       fmt::join(std::span(verification.faults).first(shown), "; ")));
}

/// `lock` is the one under which the schema of this database is changed.
void begin(PostgresConnection& server, int lock) {
  server.execute(fmt::format(
      "begin; set local statement_timeout = 0; set local lock_timeout = '30s'; set local bytea_output = 'hex';"
      " set local idle_in_transaction_session_timeout = 0; set local synchronous_commit = on;"
      " set local client_min_messages = error; select pg_advisory_xact_lock({})",
      lock));
}

/// Keys that an attempt has left which was cut short are these same keys. Not committed yet.
std::vector<MovedTable> move_keys(Transaction& file, PostgresConnection& server, const std::string& address) {
  std::vector<MovedTable> moved;
  for (const auto& table : tables_of(file)) {
    require_same_columns(server, table);
    const auto columns = names_of(table);
    server.execute(fmt::format("create temp table moving_{0} (like {0}) on commit drop", table.name));
    const auto copied = copy(file, server, table, [&](const auto& give) {
      server.copy_in(fmt::format("copy moving_{} ({}) from stdin", table.name, columns), give);
      server.execute(
          fmt::format("insert into {0} ({1}) select {1} from moving_{0} on conflict do nothing", table.name, columns));
    });
    if (!arrived(copied))
      throw std::runtime_error(
          fmt::format("{} holds keys that are not of this file; it must be empty.", base::printable(address)));
    moved.push_back(copied.there);
  }
  return moved;
}

std::vector<MovedTable> move_rows(Transaction& file, PostgresConnection& server) {
  std::vector<MovedTable> moved;
  for (const auto& table : tables_of(file)) {
    require_same_columns(server, table);
    const auto copied = copy(file, server, table, [&](const auto& give) {
      server.copy_in(fmt::format("copy {} ({}) from stdin", table.name, names_of(table)), give);
    });
    if (!arrived(copied))
      throw std::runtime_error(fmt::format("{}: {} rows ({}) were sent and {} ({}) arrived.", table.name,
                                           copied.sent.rows, copied.sent.hash, copied.there.rows, copied.there.hash));
    moved.push_back(copied.there);
  }
  return moved;
}

/// Open pages name the position up to which they have heard. Signals count on from there, so that none of them takes a
/// number of the file for one of the server's and believes that nothing was missed.
void continue_positions(PostgresConnection& server) {
  server.execute(
      "select setval(pg_get_serial_sequence('signals', 'position'), max(position)) from event_cursor"
      " having max(position) > 0");
}

std::vector<std::string> slugs_of(Transaction& file) {
  std::vector<std::string> slugs;
  for (const Row row : file.query("select slug from schools order by school_id")) slugs.push_back(row.text(0));
  return slugs;
}

}  // namespace

Moved move_to_postgres(const Move& move) {
  for (const auto& path : {move.from, move.from_keys})
    if (!std::filesystem::exists(path)) throw std::runtime_error("There is no file " + path + ".");
  const FileLock lock(move.from);
  SqliteConnection from(move.from, SqliteConnection::Mode::read_only);
  SqliteConnection from_keys(move.from_keys, SqliteConnection::Mode::read_only);
  from.execute("begin");
  from_keys.execute("begin");
  Transaction file(from), keys(from_keys);
  require_newest(file, move.from);
  require_keys(file, keys, move.from_keys);

  const auto deadline = std::chrono::steady_clock::now() + longest_move;
  PostgresConnection server(move.to, deadline);
  Transaction there(server);
  begin(server, 7239001);
  const WallsDown walls(server);
  require_empty(there, move.to, slugs_of(file));
  const auto source = verify(move.from);
  require_sound(source, move.from);

  Moved moved{move_rows(file, server), source.events};
  continue_positions(server);
  server.execute("analyze");
  walls.raise();  // Before verify(), after which the names of seven tables mean others.
  const auto target = verify(there);
  require_sound(target, base::printable(move.to));
  CHECK(target.events == source.events);
  if (move.to_keys != move.from_keys) {
    PostgresConnection key_server(move.to_keys, deadline);
    begin(key_server, 7239002);
    std::ranges::copy(move_keys(keys, key_server, move.to_keys), std::back_inserter(moved.tables));
    key_server.execute("commit");  // First: a key without a row is left over, a row without its key is lost.
  }
  server.execute("commit");
  return moved;
}

}  // namespace store

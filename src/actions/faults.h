/// Everything that is wrong with an input, reported together; pages of lists; versions expected.
#pragma once

#include "actions/context.h"
#include "auth/roles.h"

namespace actions {

/// faults.unless(length > 0, "/length_minutes", "…"); TRY(faults.verdict());
class Faults {
 public:
  void unless(bool fine, std::string pointer, std::string message) {
    if (!fine) fields_.push_back({std::move(pointer), std::move(message)});
  }
  /// A text of 1 to `max` characters, none of them a control character.
  void text(std::string_view value, const std::string& pointer, std::size_t max = 200, std::size_t min = 1);
  void minutes(domain::Minutes value, const std::string& pointer, domain::Minutes min, domain::Minutes max);
  base::Done verdict() const;

 private:
  std::vector<base::FieldError> fields_;
};

/// One thing that is wrong with an input.
inline base::Done invalid(std::string pointer, std::string message) {
  return base::refuse(base::Error{
      .code = base::Code::invalid_input, .detail = message, .fields = {{std::move(pointer), std::move(message)}}});
}
inline base::Done spent_link() {
  return invalid("/token", "This link was used before, or it is too old. Ask for a new one.");
}
inline base::Done expect(std::int64_t version, std::int64_t current) {
  if (version == current) return base::done();
  return base::refuse(base::Code::stale_version, "Somebody changed this meanwhile. Look at it again.");
}
/// `count` lessons stand in the way of removing something.
inline base::Done unless_in_use(std::int64_t count) {
  if (count == 0) return base::done();
  return base::refuse(base::Error{.code = base::Code::in_use,
                                  .detail = "There are lessons with it. Switch it off instead of removing it.",
                                  .count = count});
}

struct PageQuery {
  int limit = 50;
  std::int64_t after = 0;  ///< The id of the last item of the page before; 0: the first page.
};
template <class T>
struct Page {
  std::vector<T> items;
  std::int64_t next = 0;  ///< What to pass as `after`; 0: this was the last page.
};
/// The part of `all` behind the cursor. invalid_input where there is nothing with the id of the cursor any more.
template <class T, class IdOf>
base::Result<Page<T>> page_of(std::vector<T> all, const PageQuery& query, const IdOf& id_of) {
  auto begin = all.begin();
  if (query.after != 0) {
    begin = std::find_if(all.begin(), all.end(), [&](const T& item) { return id_of(item) == query.after; });
    Faults faults;
    faults.unless(begin != all.end(), "cursor", "This page is gone. Begin with the first one.");
    TRY(faults.verdict());
    ++begin;
  }
  const auto count = std::min<std::ptrdiff_t>(query.limit, all.end() - begin);
  Page<T> page{{std::make_move_iterator(begin), std::make_move_iterator(begin + count)}, 0};
  if (begin + count != all.end()) page.next = id_of(page.items.back());
  return page;
}

/// What a POST made, or had made when the same request came before.
template <class T>
struct Made {
  T value;
  bool replayed = false;
};

/// A change that every calendar of the school must notice: instructors locked and moved by id, the rules' version
/// moved, then `body` runs in the same transaction.
template <class T, class Body>
base::Result<T> change_rules(const Context& context, const Caller& caller, const Body& body) {
  return context.database.transact<T>(caller.school(), [&](store::Transaction& tx) -> base::Result<T> {
    store::lock_all_instructors(tx, caller.school());
    store::bump_rules(tx, caller.school());
    return body(tx);
  });
}

}  // namespace actions

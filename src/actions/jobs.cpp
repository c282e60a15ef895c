#include "actions/jobs.h"

namespace actions {

base::Result<Page<store::Job>> list_jobs(const Context& context, const Caller& caller, bool dead,
                                         const PageQuery& page) {
  TRY(auth::may(caller.principal, auth::Action::manage_jobs));
  Page<store::Job> found;
  found.items = context.database.read(
      caller.school(),
      [&](store::Transaction& tx) { return store::list_jobs(tx, caller.school(), dead, page.after, page.limit + 1); },
      caller.freshness);
  if (static_cast<int>(found.items.size()) > page.limit) {
    found.items.pop_back();
    found.next = found.items.back().id;
  }
  return found;
}

base::Done retry_job(const Context& context, const Caller& caller, std::int64_t id) {
  TRY(auth::may(caller.principal, auth::Action::manage_jobs));
  TRY(context.database.transact<int>(caller.school(), [&](store::Transaction& tx) -> base::Result<int> {
    if (!store::revive_job(tx, caller.school(), id, caller.now)) return auth::not_found();
    return 0;
  }));
  return base::done();
}

}  // namespace actions

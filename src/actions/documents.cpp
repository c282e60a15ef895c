#include "actions/documents.h"

namespace actions {

namespace {

using auth::Action;
using base::Result;
using store::Document;
using store::Transaction;

/// Who may not know of the learner hears that there is none; an instructor may look and change nothing.
base::Done may_change(const Identity& identity, const Caller& caller, base::PersonId learner) {
  TRY(get_person(identity, caller, Group::learners, learner));
  if (learner == caller.principal.person) return base::done();
  return auth::may(caller.principal, Action::manage_learners);
}

base::Done unless_too_many(const std::vector<Document>& before, std::int64_t more) {
  auto bytes = more;
  for (const auto& each : before) bytes += each.size;
  if (before.size() < most_documents && bytes <= most_document_bytes) return base::done();
  return invalid("", "There are 20 documents or 32 MB of them already. Remove some first.");
}

}  // namespace

Result<Made<Document>> add_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                                    const DocumentInput& input, const store::RequestKey& key) {
  TRY(may_change(identity, caller, learner));
  const auto type = domain::document_type(input.content);
  if (!type || domain::media_of(*type) != input.media)
    return base::refuse(base::Code::unsupported_media_type,
                        "This is no whole PDF, JPEG or PNG file, or not of the type that Content-Type says.");
  const Document document{.id = base::make<store::DocumentId>(),
                          .person = learner,
                          .kind = input.kind,
                          .type = *type,
                          .size = static_cast<std::int64_t>(input.content.size()),
                          .valid_until = input.valid_until,
                          .uploaded_by = caller.principal.person,
                          .uploaded_at = caller.now};
  auto& keys = identity.context.keys;
  if (!keys.has_key({caller.school(), learner})) return auth::not_found();
  const auto sealed = store::seal_document(keys, caller.school(), document, input.content);
  const auto add = [&](Transaction& tx) -> Result<Made<Document>> {
    if (const auto earlier = TRY(store::claim(tx, key, caller.now))) {
      const auto before = store::find_document(tx, caller.school(), learner, {earlier->resource});
      if (!before) return auth::not_found();
      return Made<Document>{*before, true};
    }
    // One after the other, so that the count holds.
    if (!store::lock(tx, caller.school(), store::Kind::learner, learner.value)) return auth::not_found();
    TRY(unless_too_many(store::documents_of(tx, caller.school(), learner), document.size));
    store::add_document(tx, caller.school(), document, sealed);
    store::remember(tx, key, {201, document.id.value});
    return Made<Document>{document};
  };
  return identity.context.database.transact<Made<Document>>(caller.school(), add);
}

Result<std::vector<Document>> list_documents(const Identity& identity, const Caller& caller, base::PersonId learner) {
  TRY(get_person(identity, caller, Group::learners, learner));
  return identity.context.database.read(
      caller.school(), [&](Transaction& tx) { return store::documents_of(tx, caller.school(), learner); });
}

Result<DocumentFile> get_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                                  store::DocumentId id) {
  TRY(get_person(identity, caller, Group::learners, learner));
  const auto [document, sealed] = identity.context.database.read(caller.school(), [&](Transaction& tx) {
    auto found = store::find_document(tx, caller.school(), learner, id);
    auto bytes = found ? store::sealed_document(tx, caller.school(), id) : base::Bytes{};
    return std::pair(std::move(found), std::move(bytes));
  });
  if (!document) return auth::not_found();
  auto content = store::open_document(identity.context.keys, caller.school(), *document, sealed);
  if (!content) return auth::not_found();
  return DocumentFile{*document, std::move(*content)};
}

base::Done remove_document(const Identity& identity, const Caller& caller, base::PersonId learner,
                           store::DocumentId id) {
  TRY(may_change(identity, caller, learner));
  return identity.context.database.transact<std::monostate>(caller.school(), [&](Transaction& tx) -> base::Done {
    const auto document = store::find_document(tx, caller.school(), learner, id);
    if (!document) return auth::not_found();
    if (!caller.principal.staff() && document->uploaded_by != learner)
      return base::refuse(base::Code::forbidden, "Your school has put this here. Its office can remove it.");
    if (!store::remove_document(tx, caller.school(), learner, id)) return auth::not_found();
    return base::done();
  });
}

}  // namespace actions

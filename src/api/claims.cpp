// Addresses that users claim as theirs and that an admin confirms or refuses (C-13). An admin
// learns who claims what, and at which servers; nothing of what lies in the mailbox (C-6).
#include <array>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "rules/ownership.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

enum class Word { confirm, refuse };
constexpr std::array<std::pair<std::string_view, Word>, 2> kWords = {
    {{"confirm", Word::confirm}, {"refuse", Word::refuse}}};

json::object present(const store::AddressClaims::Row& row) {
  return {{"id", row.mailbox.text()},      {"user", row.owner.id.text()},
          {"user_name", row.owner.name},   {"address", row.address},
          {"imap_host", row.imap_host},    {"smtp_host", row.smtp_host},
          {"since", to_rfc3339(row.since)}};
}

// The claim as it is now; one that doesn't wait is none.
Read<store::AddressClaims::Row> waiting_claim(const Call& call) {
  auto id = call.path_id<MailboxId>(0, "claim");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::AddressClaim{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("claim");
  return std::move(**found);
}

}  // namespace

Reply list_claims(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::AddressClaims{call.scope(), *page});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows) rows.push_back(present(row));
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

Reply decide_claim(Call& call) {
  auto claim = waiting_claim(call);
  if (!claim) return Refusal(claim.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto word = members.choice<Word>("word", kWords);
  if (auto problem = members.problem()) return Refusal(*problem);

  auto commit = call.commit();
  store::SetAddressProof change{claim->mailbox, rules::AddressProof::refused, call.user().id,
                                call.now};
  if (word == Word::confirm) {
    store::WhoseAddress asked{call.scope(), claim->owner.id, claim->address_normal, claim->mailbox};
    auto facts = call.store().ask(asked);
    if (!facts) return Refusal(facts.error());
    const auto verdict = rules::judge_confirmation(claim->owner, claim->address_normal, *facts);
    if (const auto* error = std::get_if<Error>(&verdict)) return Refusal(Problem(*error));
    change.proof = std::get<rules::Proven>(verdict).by;
    commit.expectations.push_back(store::AddressFactsAre{std::move(asked), *facts});
  }
  commit.changes.push_back(change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace hearback::api

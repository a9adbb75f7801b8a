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

using State = store::AddressClaims::State;

enum class Word { confirm, refuse, take_back };
constexpr std::array<std::pair<std::string_view, Word>, 3> kWords = {
    {{"confirm", Word::confirm}, {"refuse", Word::refuse}, {"take_back", Word::take_back}}};

// The claim as it is now; one in another state is none.
Read<store::AddressClaims::Row> claim_in(const Call& call, State state) {
  auto id = call.path_id<MailboxId>(0, "claim");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::AddressClaim{call.scope(), *id, state});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("claim");
  return std::move(**found);
}

}  // namespace

Reply list_claims(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  const auto text = call.request->parameter("state").value_or("waiting");
  if (text != "waiting" && text != "confirmed")
    return refuse_field("state", "field.invalid", "“state” is waiting or confirmed.");
  const auto state = text == "waiting" ? State::waiting : State::confirmed;
  auto found = call.store().ask(store::AddressClaims{call.scope(), *page, state});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows) rows.push_back(present(row));
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

namespace {

Reply take_back(Call& call) {
  auto claim = claim_in(call, State::confirmed);
  if (!claim) return Refusal(claim.error());
  auto commit = call.commit();
  commit.changes.push_back(store::TakeBackProof{claim->mailbox, call.user().id, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace

Reply decide_claim(Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto word = members.choice<Word>("word", kWords);
  if (auto problem = members.problem()) return Refusal(*problem);
  if (word == Word::take_back) return take_back(call);
  auto claim = claim_in(call, State::waiting);
  if (!claim) return Refusal(claim.error());

  auto commit = call.commit();
  store::SetAddressProof change{claim->mailbox, rules::AddressProof::refused, call.user().id,
                                call.now};
  if (word == Word::confirm) {
    store::WhoseAddress asked{
        call.scope(), claim->owner.id, claim->address_normal, claim->mailbox, {}};
    auto facts = call.store().ask(asked);
    if (!facts) return Refusal(facts.error());
    const auto verdict = rules::judge_confirmation(*facts);
    if (const auto* error = std::get_if<Error>(&verdict)) return Refusal(Problem(*error));
    change.proof = std::get<rules::Proven>(verdict).by;
    commit.expectations.push_back(store::AddressFactsAre{std::move(asked), *facts});
  }
  commit.changes.push_back(change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace hearback::api

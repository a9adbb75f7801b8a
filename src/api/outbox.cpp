// The asker's own messages on their way out, and their word on doubtful ones (W-5).
#include <array>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "rules/outbox_states.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using Word = store::DecideOutbox::Word;

constexpr std::array<std::pair<std::string_view, Word>, 3> kWords = {
    {{"resend", Word::resend}, {"consider_sent", Word::consider_sent}, {"cancel", Word::cancel}}};

Read<rules::OutboxMessage> own_message(const Call& call) {
  auto id = call.path_id<OutboxId>(0, "message");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::OutboxById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found || (*found)->author != call.user().id) return not_found("message");
  return std::move(**found);
}

bool is_possible(Word word, rules::OutboxState state) {
  switch (word) {
    case Word::resend: return rules::may_resend(state);
    case Word::consider_sent: return rules::may_consider_sent(state);
    case Word::cancel: return rules::may_cancel(state);
  }
  return false;
}

}  // namespace

Reply list_outbox(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::OutboxOf{call.scope(), *page});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& message : found->rows) rows.push_back(present(message, call.user().id));
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

Reply get_outbox(Call& call) {
  auto message = own_message(call);
  if (!message) return Refusal(message.error());
  return json_response(200, present(*message, call.user().id));
}

Reply decide_outbox(Call& call) {
  auto message = own_message(call);
  if (!message) return Refusal(message.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto word = members.choice<Word>("word", kWords);
  if (auto problem = members.problem()) return Refusal(*problem);
  if (!is_possible(word, message->state))
    return refuse(Kind::conflict, "outbox.too-late",
                  "This can no longer be decided: the message has gone on meanwhile.",
                  "Look at its state.");
  auto commit = call.commit();
  commit.changes.push_back(store::DecideOutbox{message->id, call.user().id, word, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return get_outbox(call);
}

}  // namespace hearback::api

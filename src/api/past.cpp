// Whether the past of a mailbox of the asker's opens for addresses that colleagues add (C-14).
// Whoever else may use that mailbox finds nothing here.
#include "rules/past.hpp"

#include <array>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "mail/address.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, rules::PastChoice>, 2> kChoices = {
    {{"ask", rules::PastChoice::ask}, {"open", rules::PastChoice::open}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kAnswers = {
    {{"open", true}, {"decline", false}}};

struct Own {
  MailboxId mailbox;
  store::PastOf::Found found;
};

Read<Own> own_past(const Call& call, std::size_t shown) {
  auto id = call.path_id<MailboxId>(0, "mailbox");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::PastOf{call.scope(), *id, shown});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("mailbox");
  return Own{*id, std::move(**found)};
}

json::object present_row(const store::PastOf::Row& row) {
  json::array candidates;
  for (const auto& one : row.whose) {
    json::array jobs;
    for (const auto& title : one.job_titles) jobs.emplace_back(title);
    candidates.push_back(
        json::object{{"id", one.candidate.text()}, {"name", one.name}, {"jobs", std::move(jobs)}});
  }
  const bool opened = row.answer == rules::PastAnswer::opened;
  return {{"address", row.address},
          {"added_by", row.added_by},
          {"added", to_rfc3339(row.added)},
          {"state", word_for(row.answer)},
          {"candidates", std::move(candidates)},
          {"brought", opened ? json::value(row.brought) : json::value(nullptr)},
          {"searching", opened && !row.searched}};
}

Reply say_past(Call& call) {
  auto own = own_past(call, store::kPastShown);
  if (!own) return Refusal(own.error());
  json::array rows;
  for (const auto& row : own->found.rows) rows.push_back(present_row(row));
  auto answer = rows_of(std::move(rows));
  answer["own"] = own->found.own;
  answer["past"] = word_for(own->found.choice);
  answer["asked"] = own->found.asked;
  return json_response(200, answer);
}

template <class ReadBody>
Reply change_past(Call& call, ReadBody read) {
  auto own = own_past(call, 0);
  if (!own) return Refusal(own.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::Change change = read(own->mailbox, members);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return say_past(call);
}

}  // namespace

Reply get_past(Call& call) { return say_past(call); }

Reply choose_past(Call& call) {
  return change_past(call, [&](MailboxId mailbox, Members& members) {
    return store::ChoosePast{mailbox, members.choice<rules::PastChoice>("past", kChoices),
                             call.now};
  });
}

Reply answer_past(Call& call) {
  return change_past(call, [&](MailboxId mailbox, Members& members) {
    auto address = members.maybe_text("address", {1, 320});
    const bool open = members.choice<bool>("word", kAnswers);
    if (address) address = mail::normal_form(*address).value_or(*address);
    return store::AnswerPast{mailbox, std::move(address), open, call.now};
  });
}

}  // namespace hearback::api

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
enum class Word { open, decline, ask };
constexpr std::array<std::pair<std::string_view, Word>, 3> kAnswers = {
    {{"open", Word::open}, {"decline", Word::decline}, {"ask", Word::ask}}};

struct Own {
  MailboxId mailbox;
  store::PastChosen::Found chosen;
};

Read<Own> own_past(const Call& call) {
  auto id = call.path_id<MailboxId>(0, "mailbox");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::PastChosen{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("mailbox");
  return Own{*id, **found};
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
          {"searching", opened && !row.searched},
          {"shown", row.shown}};
}

Reply say_past(Call& call, store::PageRequest page, bool searching = false) {
  auto own = own_past(call);
  if (!own) return Refusal(own.error());
  auto found =
      call.store().ask(store::PastOf{call.scope(), own->mailbox, std::move(page), searching});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows) rows.push_back(present_row(row));
  auto answer = rows_of(std::move(rows));
  answer["own"] = own->chosen.own;
  answer["past"] = word_for(own->chosen.choice);
  answer["asked"] = own->chosen.asked;
  answer["newest"] = own->chosen.newest;
  answer["now"] = to_rfc3339(call.now);
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

template <class ReadBody>
Reply change_past(Call& call, ReadBody read) {
  auto own = own_past(call);
  if (!own) return Refusal(own.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::Change change = read(own->mailbox, members);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return say_past(call, {.rows = call.house->options.limits.page_rows});
}

// Only with what was shown, here of all that wait: nothing opens, or stays closed, unseen.
store::Change word_for_all(MailboxId mailbox, Word word, Members& members, Instant now) {
  if (word == Word::ask) {
    const auto declined = members.instant_or_null("declined");
    if (!declined.instant) members.refuse("declined", "field.required", "“declined” is needed.");
    return store::AskPastAgain{mailbox, declined.instant.value_or(Instant{})};
  }
  const auto newest = members.number("newest", 0, INT64_MAX);
  return store::AnswerAllPast{mailbox, static_cast<std::uint64_t>(newest), word == Word::open, now};
}

}  // namespace

Reply get_past(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  return say_past(call, std::move(*page), call.request->parameter("searching") == "true");
}

Reply choose_past(Call& call) {
  return change_past(call, [](MailboxId mailbox, Members& members) {
    return store::ChoosePast{mailbox, members.choice<rules::PastChoice>("past", kChoices)};
  });
}

Reply answer_past(Call& call) {
  return change_past(call, [&](MailboxId mailbox, Members& members) -> store::Change {
    auto address = members.maybe_text("address", {1, 320});
    const auto word = members.choice<Word>("word", kAnswers);
    if (!address) return word_for_all(mailbox, word, members, call.now);
    if (word == Word::ask)
      members.refuse("word", "field.invalid", "“word” is open or decline for one address.");
    const auto shown = members.number("shown", 0, INT64_MAX);
    return store::AnswerPast{mailbox, mail::normal_form(*address).value_or(*address),
                             word == Word::open, call.now, static_cast<std::uint64_t>(shown)};
  });
}

}  // namespace hearback::api

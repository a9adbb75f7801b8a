// One box for everything (M-6). Each door stays its own: candidates, jobs and colleagues are asked
// for as their lists ask for them, conversations and the files on profiles through store/search.
#include <algorithm>
#include <map>

#include "api/handlers.hpp"
#include "api/present.hpp"
#include "mail/extent.hpp"
#include "mail/parse.hpp"
#include "rules/findable.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kTyped = 500;          // letters of q
constexpr std::size_t kNamed = 5;            // candidates, jobs, people
constexpr std::size_t kTitles = 3;           // of one candidate
constexpr std::size_t kRows = 20;            // conversations, or files, of a page
constexpr std::size_t kSource = 512u << 10;  // octets of a source that an excerpt is looked for in

std::size_t letters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

Read<std::string> typed_text(const Call& call) {
  auto text = call.request->parameter("q");
  if (!text) return refuse_field("q", "field.required", "“q” is needed: what is searched for.");
  if (letters_in(*text) > kTyped)
    return refuse_field("q", "field.too-long", "The search text is too long.",
                        "Up to 500 letters are searched for.");
  return std::move(*text);
}

// A cursor names the date down to which was looked, which may be that of mail the asker may not see
// (P-5): it is sealed, for them and what they asked.
class Pages {
 public:
  Pages(const Call& call, const std::string& of, const std::string& typed)
      : house_(*call.house),
        whose_(of + " " + call.asker.company.text() + " " + call.user().id.text() + " " + typed) {}

  Read<std::string> open(const std::string& cursor) const {
    if (cursor.empty()) return cursor;
    auto plain = house_.seal.open(cursor, whose_);
    if (!plain)
      return Refusal(Error{Kind::input, "page.bad-cursor", "This page doesn't exist.",
                           "Begin with the first page."});
    return std::move(*plain);
  }
  std::string close(const std::string& next) const {
    return next.empty() ? next : house_.seal.close(next, whose_, house_.random);
  }

 private:
  House& house_;
  std::string whose_;
};

json::object present(const rules::Search& search,
                     const std::vector<rules::SearchProblem>& found_out) {
  json::array words, problems;
  for (const auto& word : search.words) words.push_back(json::value(word));
  for (const auto& problem : search.problems)
    problems.push_back(json::object{{"code", problem.code}, {"part", problem.part}});
  for (const auto& problem : found_out)
    problems.push_back(json::object{{"code", problem.code}, {"part", problem.part}});
  return {{"words", std::move(words)}, {"problems", std::move(problems)}};
}

std::string_view word_for_place(rules::Excerpt::Where where) {
  constexpr std::string_view kWords[] = {"text", "subject", "people", "files", "contents"};
  return kWords[static_cast<std::size_t>(where)];
}

json::array present(const rules::Excerpt& excerpt) {
  json::array pieces;
  for (const auto& piece : excerpt.pieces)
    pieces.push_back(json::object{{"text", piece.text}, {"hit", piece.is_hit}});
  return pieces;
}

// A file that can't be read just now costs an excerpt, and not the page.
bool spoils_the_page(const Error& error) { return error.code != "store.blob-files"; }

// The text of a message that the asker was just shown, as far as an excerpt goes; empty where its
// source is gone, or can't be read just now.
Read<std::string> own_words_of(const Call& call, const rules::Message& message) {
  std::vector<mail::Extent> files;
  for (const auto& file : message.attachments)
    if (file.extent) files.push_back(*file.extent);
  auto bytes = call.store().ask(
      store::BlobRanges{call.asker.company, message.raw, mail::beside(kSource, files)});
  if (!bytes && spoils_the_page(bytes.error())) return Refusal(bytes.error());
  if (!bytes || !*bytes) return std::string();
  const auto parsed = mail::parse_body(**bytes, call.house->options.limits);
  return parsed ? rules::own_words(parsed->text) : std::string();
}

// Which of the message's files an excerpt is from; null: none.
json::value present_file(const rules::Message& message, int index) {
  for (const auto& file : message.attachments)
    if (file.index == index) return json::object{{"index", index}, {"name", file.filename}};
  return nullptr;
}

Read<json::object> present_match(const Call& call, const rules::Search& search,
                                 const rules::Message& message) {
  auto words = own_words_of(call, message);
  if (!words) return Refusal(words.error());
  const auto text = std::move(*words);
  auto excerpt = rules::excerpt_of(search, message, text);
  if (excerpt.terms < search.terms.size() && !rules::files_to_read(message.attachments).empty()) {
    auto contents = call.store().ask(store::ContentsOf{call.scope(), message.id});
    if (!contents && spoils_the_page(contents.error())) return Refusal(contents.error());
    if (contents && !contents->empty())
      excerpt = rules::excerpt_of(search, message, text, *contents);
  }
  return json::object{{"message", message.id.text()},
                      {"at", to_rfc3339(message.date)},
                      {"where", word_for_place(excerpt.where)},
                      {"file", present_file(message, excerpt.file)},
                      {"excerpt", present(excerpt)}};
}

// What stands in it is asked for where its name doesn't hold all that was searched for.
Read<json::object> present_file(const Call& call, const rules::Search& search,
                                const store::FoundFiles::Row& row) {
  auto excerpt = rules::excerpt_of_file(search, row.filename, {});
  if (excerpt.terms < search.terms.size()) {
    auto text = call.store().ask(store::OwnFileText{call.scope(), row.candidate, row.file});
    if (!text && spoils_the_page(text.error())) return Refusal(text.error());
    if (text && *text) excerpt = rules::excerpt_of_file(search, row.filename, **text);
  }
  return json::object{{"candidate", {{"id", row.candidate.text()}, {"name", row.candidate_name}}},
                      {"file", row.file.text()},
                      {"filename", row.filename},
                      {"type", row.type},
                      {"octets", row.octets},
                      {"added_by", row.added_by},
                      {"at", to_rfc3339(row.at)},
                      {"where", word_for_place(excerpt.where)},
                      {"excerpt", present(excerpt)}};
}

struct Conversations {
  rules::Search search;  // as it was asked in the end
  std::vector<rules::SearchProblem> problems;
  std::vector<store::Found::Row> rows;
  std::string next;  // sealed
  bool complete = true, is_first = true;
};

// Where nothing says it as it was typed, what says it in other forms is found, and its later pages
// by cursors of their own.
Read<Conversations> found_conversations(const Call& call, const std::string& typed,
                                        store::PageRequest page) {
  const Pages exact(call, "search", typed), forms(call, "search-forms", typed);
  Conversations result{.search = rules::read_search(typed, call.user().time_zone)};
  auto other = rules::in_other_forms(result.search);
  result.is_first = page.after.empty();
  auto after = exact.open(page.after);
  bool in_forms = false;
  if (!after && other) {
    after = forms.open(page.after);
    in_forms = after.has_value();
  }
  if (!after) return Refusal(after.error());
  page.after = std::move(*after);
  auto found =
      call.store().ask(store::Found{call.scope(), in_forms ? *other : result.search, page});
  if (!found) return Refusal(found.error());
  if (result.is_first && other && found->rows.empty() && found->next.empty()) {
    auto again = call.store().ask(store::Found{call.scope(), *other, page});
    if (!again) return Refusal(again.error());
    in_forms = !again->rows.empty() || !again->next.empty();
    if (in_forms) found = std::move(again);
  }
  result.problems = std::move(found->problems);
  if (in_forms) {
    result.search = std::move(*other);
    std::string words;
    for (const auto& word : result.search.words) (words += words.empty() ? "" : " ") += word;
    result.problems.push_back({"search.other-forms", std::move(words)});
  }
  result.rows = std::move(found->rows);
  result.next = (in_forms ? forms : exact).close(found->next);
  result.complete = found->complete;
  return result;
}

// Whom and what the plain words name; on the first page.
std::optional<Problem> add_named(const Call& call, const std::string& text, json::object& found) {
  const store::PageRequest few{"", kNamed};
  auto candidates = call.store().ask(store::Candidates{call.scope(), text, std::nullopt, few});
  if (!candidates) return Problem(candidates.error());
  for (const auto& row : candidates->rows) {
    json::array titles;
    for (const auto& title : row.job_titles)
      if (titles.size() < kTitles) titles.push_back(json::value(title));
    found["candidates"].as_array().push_back(json::object{{"id", row.candidate.id.text()},
                                                          {"name", row.candidate.name},
                                                          {"jobs", std::move(titles)}});
  }
  auto jobs = call.store().ask(store::Jobs{call.scope(), text, std::nullopt, few});
  if (!jobs) return Problem(jobs.error());
  for (const auto& row : jobs->rows)
    found["jobs"].as_array().push_back(
        json::object{{"id", row.job.id.text()}, {"title", row.job.title}, {"open", row.job.open}});
  auto people = call.store().ask(store::Users{call.scope(), text, true, few});
  if (!people) return Problem(people.error());
  for (const auto& user : people->rows)
    found["people"].as_array().push_back(json::object{{"id", user.id.text()}, {"name", user.name}});
  return std::nullopt;
}

Reply present_files(const Call& call, const rules::Search& search, const Pages& pages,
                    const store::FoundFiles::Answer& found) {
  json::array files;
  for (const auto& row : found.rows) {
    auto file = present_file(call, search, row);
    if (!file) return Refusal(file.error());
    files.push_back(std::move(*file));
  }
  return json_response(200, {{"query", present(search, found.problems)},
                             {"files", std::move(files)},
                             {"next", next_page(pages.close(found.next))},
                             {"complete", found.complete}});
}

}  // namespace

Reply search_files(Call& call) {
  auto typed = typed_text(call);
  if (!typed) return Refusal(typed.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  page->rows = std::min(page->rows, kRows);
  const Pages pages(call, "search-files", *typed);
  auto after = pages.open(page->after);
  if (!after) return Refusal(after.error());
  page->after = std::move(*after);
  const auto search = rules::read_search(*typed, call.user().time_zone);
  auto found = call.store().ask(store::FoundFiles{call.scope(), search, *page});
  if (!found) return Refusal(found.error());
  return present_files(call, search, pages, *found);
}

Reply search(Call& call) {
  auto typed = typed_text(call);
  if (!typed) return Refusal(typed.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  page->rows = kRows;
  auto found = found_conversations(call, *typed, std::move(*page));
  if (!found) return Refusal(found.error());
  const auto& search = found->search;
  json::object answer{{"query", present(search, found->problems)},
                      {"candidates", json::array()},
                      {"jobs", json::array()},
                      {"people", json::array()},
                      {"next", next_page(found->next)},
                      {"complete", found->complete}};
  if (found->is_first && !search.plain.empty())
    if (auto problem = add_named(call, search.plain, answer)) return Refusal(std::move(*problem));
  json::array conversations;
  std::map<MessageId, json::object> matches;  // one message may stand in many
  for (const auto& row : found->rows) {
    auto match = matches.find(row.message.id);
    if (match == matches.end()) {
      auto read = present_match(call, search, row.message);
      if (!read) return Refusal(read.error());
      match = matches.emplace(row.message.id, std::move(*read)).first;
    }
    conversations.push_back(
        json::object{{"thread", api::present(row.thread)}, {"match", match->second}});
  }
  answer["conversations"] = std::move(conversations);
  return json_response(200, answer);
}

}  // namespace hearback::api

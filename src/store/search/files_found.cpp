// As conversations are found: in the index of words, newest first, four weeks at a time, and each
// hit is asked whether the reader sees the candidate. Where that can be few, it is those
// candidates' files that are looked at.
#include "store/search/files_found.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "store/engine/answers.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/narrowing.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

using FileDoc = DocOf<UploadId>;

// Of one question: files that are looked at, and stretches of four weeks.
constexpr std::size_t kLookedAt = 4000, kStretches = 600;
constexpr std::size_t kFirstChunk = 60, kLargestChunk = 500;

struct Narrowed : NamedBySearch {
  std::optional<std::vector<Value>> few;  // whose files alone it can be
};

// nullopt: not few.
std::optional<std::vector<Value>> few_candidates(Db& db, const Scope& scope,
                                                 const Narrowed& narrowed) {
  if (!narrowed.candidates.empty()) return narrowed.candidates;
  std::optional<std::set<CandidateId>> few;
  if (!narrowed.jobs.empty())
    few = few_in_jobs(db, scope.company, narrowed.jobs);
  else if (scope.kind == Scope::Kind::user && !scope.all_jobs)
    few = few_of_teams(db, scope);
  return few ? std::optional(values_of(*few)) : std::nullopt;
}

Narrowed narrow(Reading& reading, const FoundFiles& question) {
  Narrowed narrowed;
  const auto& search = question.search;
  narrowed.to_nothing =
      !search.asks() || search.unread || question.scope.kind == Scope::Kind::nobody;
  if (narrowed.to_nothing) return narrowed;
  name_filters(reading, question.scope, search, narrowed);
  if (narrowed.to_nothing) return narrowed;
  narrowed.few = few_candidates(reading.db, question.scope, narrowed);
  if (!narrowed.few) return narrowed;
  narrowed.to_nothing = narrowed.few->empty();
  pad(*narrowed.few);
  return narrowed;
}

class Finding {
 public:
  Finding(Db& db, const FoundFiles& question, Narrowed narrowed)
      : db_(db), scope_(question.scope), search_(question.search), narrowed_(std::move(narrowed)) {
    wanted_ = rows_of(question.page);
    if (search_.after) low_ = first_doc(*search_.after);
    if (search_.before) high_ = first_doc(*search_.before);
    if (const auto begins = number_cursor_of(question.page)) high_ = std::min(high_, begins->key);
  }

  FoundFiles::Answer find() {
    if (!narrowed_.to_nothing) {
      if (narrowed_.few)
        look_through();
      else
        look_by_date();
    }
    FoundFiles::Answer found;
    found.rows = std::move(rows_);
    found.problems = std::move(narrowed_.problems);
    if (more_) found.next = to_text(Cursor{std::to_string(high_), {}});
    return found;
  }

 private:
  bool enough() const { return rows_.size() >= wanted_; }
  bool tired() const { return looked_at_ >= kLookedAt; }

  void look_by_date() {
    auto chunk = kFirstChunk;
    for (std::size_t stretches = 0;; ++stretches) {
      auto newest = db_.row(
          "select doc from file_documents where company = $1 and doc >= $2 and doc < $3"
          " order by doc desc limit 1",
          scope_.company, low_, high_);
      more_ = newest.has_value();
      if (!more_ || enough() || tired() || stretches >= kStretches) return;
      const auto doc = newest->number();
      const auto from = std::max(low_, first_doc_beside(doc));
      high_ = doc + 1;
      for (bool all = false; !all && !enough() && !tired();) {
        const auto found = newest_with<UploadId>(db_, scope_.company, search_, from, high_, chunk);
        all = found.size() < chunk;
        take(found);
        if (all && !enough()) high_ = from;
        chunk = std::min(2 * chunk, kLargestChunk);
      }
    }
  }

  void look_through() {
    const std::string read =
        "select few.doc, few.file from (select d.doc, d.file from"
        "  (select f.id from candidate_files f where f.company = $1 and f.candidate in " +
        list_from(7, narrowed_.few->size()) +
        "   limit 1000000000 offset 0) f cross join file_documents d"
        "  where d.company = $1 and d.file = f.id and d.doc >= $4 and d.doc < $5"
        "  limit 1000000000 offset 0) few order by few.doc desc limit $6";
    for (more_ = true; more_ && !enough() && !tired();) {
      auto params = scope_params(scope_);
      for (const auto number : {low_, high_, std::int64_t{kLargestChunk}})
        params.push_back(value_of(number));
      params.insert(params.end(), narrowed_.few->begin(), narrowed_.few->end());
      std::vector<FileDoc> docs;
      for (auto& row : db_.run(read, params).rows) {
        auto& doc = docs.emplace_back();
        doc.number = row.number();
        doc.of = row.id<UploadId>();
      }
      looked_at_ += docs.size();
      more_ = docs.size() == kLargestChunk;
      if (docs.empty()) return;
      take(those_with(db_, scope_.company, search_, docs));
      if (!enough()) high_ = docs.back().number;
      more_ = more_ || high_ > docs.back().number;
    }
  }

  // What of these the reader sees, down to where a page is full; `high_` follows.
  void take(const std::vector<FileDoc>& docs) {
    looked_at_ += docs.size();
    auto seen = rows_of_seen(docs);
    for (const auto& doc : docs) {
      if (enough()) return;
      high_ = doc.number;
      if (const auto row = seen.find(doc.of); row != seen.end())
        rows_.push_back(std::move(row->second));
    }
  }

  std::map<UploadId, FoundFiles::Row> rows_of_seen(const std::vector<FileDoc>& docs) {
    std::vector<Value> files;
    for (const auto& doc : docs) files.push_back(value_of(doc.of));
    auto params = scope_params(scope_);
    std::string also;
    const auto add = [&](std::vector<Value> values) {
      pad(values);
      auto list = list_from(params.size() + 1, values.size());
      params.insert(params.end(), values.begin(), values.end());
      return list;
    };
    if (!narrowed_.candidates.empty()) also += " and f.candidate in " + add(narrowed_.candidates);
    if (!narrowed_.jobs.empty())
      also +=
          " and exists (select 1 from applications fa where fa.company = $1"
          " and fa.candidate = f.candidate and fa.job in " +
          add(narrowed_.jobs) + ")";
    std::map<UploadId, FoundFiles::Row> seen;
    in_chunks(params, files, [&](InList list, Params all) {
      for (auto& row :
           db_.run("select f.id, f.candidate, c.name, f.filename, f.type, u.name,"
                   " f.octets, f.at from candidate_files f join candidates c"
                   " on c.company = f.company and c.id = f.candidate join users u"
                   " on u.company = f.company and u.id = f.added_by"
                   " where f.company = $1 and " +
                       may_see_candidate(scope_, "f.candidate") + also + " and f.id in " + list,
                   all)
               .rows) {
        FoundFiles::Row found;
        found.file = row.id<UploadId>();
        found.candidate = row.id<CandidateId>();
        for (auto* text : {&found.candidate_name, &found.filename, &found.type, &found.added_by})
          *text = row.text();
        found.octets = static_cast<std::uint64_t>(row.number());
        found.at = row.instant();
        seen.emplace(found.file, std::move(found));
      }
    });
    return seen;
  }

  Db& db_;
  const Scope& scope_;
  const rules::Search& search_;
  Narrowed narrowed_;
  std::size_t wanted_ = 0, looked_at_ = 0;
  std::int64_t low_ = 0, high_ = INT64_MAX;
  bool more_ = false;
  std::vector<FoundFiles::Row> rows_;
};

// Whether one of those that `which` holds of may be seen: of the newest so many it is asked, and
// where there are more, one of them may.
bool may_wait(Db& db, const Scope& scope, const std::string& documents, const std::string& which) {
  if (!db.row("select 1 from " + documents + " where d.company = $1 and " + which + " limit 1",
              scope.company))
    return false;
  const auto newest = "select d.file from " + documents + " where d.company = $1 and " + which +
                      " order by d.doc desc limit ";
  if (db.row(newest + "1 offset " + std::to_string(kLookedAt), scope.company)) return true;
  return scoped_row(db, scope,
                    "select 1 from (" + newest + std::to_string(kLookedAt) +
                        ") w cross join candidate_files f where f.company = $1 and f.id = w.file"
                        " and " +
                        may_see_candidate(scope, "f.candidate") + " limit 1")
      .has_value();
}

bool is_complete(Db& db, const Scope& scope) {
  const std::string unread = db.dialect() == Dialect::sqlite
                                 ? "file_documents d indexed by file_documents_unread"
                                 : "file_documents d";
  return !may_wait(db, scope, waiting_documents<UploadId>(db.dialect(), "d"), "d.words is null") &&
         !may_wait(db, scope, unread, "d.unread = 1 and d.unread > 0");
}

}  // namespace

AnswerTo<FoundFiles> answer(Reading& reading, const FoundFiles& question) {
  auto found = Finding(reading.db, question, narrow(reading, question)).find();
  found.complete = is_complete(reading.db, question.scope);
  return found;
}

}  // namespace hearback::store

// A candidate's files: what came with messages, and what people of the team put on the profile
// (W-9). What such a file holds is read in contents.cpp.
#include "api/candidates.hpp"
#include "api/handlers.hpp"
#include "api/present.hpp"

namespace hearback::api {

namespace json = boost::json;

Reply list_files(Call& call) {
  auto found = visible_candidate(call);
  if (!found) return Refusal(found.error());
  auto files = call.store().ask(store::CandidateFiles{call.scope(), found->candidate.id});
  if (!files) return Refusal(files.error());
  json::array rows;
  for (const auto& row : files->rows) {
    auto file = present(row.file);
    const bool own = !row.own.empty();
    file["file"] = own ? json::value(row.own.text()) : nullptr;
    file["added_by"] = own ? json::value(row.added_by) : nullptr;
    file["message"] = own ? nullptr : json::value(row.message.text());
    file["thread"] = own ? nullptr : json::value(row.thread.text());
    file["date"] = to_rfc3339(row.date);
    file["cv"] = row.is_cv;
    file["internal"] = row.internal;
    file["ours"] = row.ours;
    rows.push_back(std::move(file));
  }
  auto answer = rows_of(std::move(rows));
  answer["more"] = files->more;
  return json_response(200, answer);
}

namespace {

template <class Change>
Reply change_file(Call& call) {
  auto found = standing_candidate(call);
  if (!found) return Refusal(found.error());
  auto file = call.path_id<UploadId>(1, "file");
  if (!file) return Refusal(file.error());
  auto commit = call.commit();
  commit.changes.push_back(Change{*file, found->candidate.id, call.scope(), call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace

Reply add_file(Call& call) { return change_file<store::AddFile>(call); }
Reply remove_file(Call& call) { return change_file<store::RemoveFile>(call); }

}  // namespace hearback::api

#include "api/route.hpp"

#include <array>

#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "base/text.hpp"

namespace hearback::api {
namespace {

constexpr std::array kRoutes = {
    Route{"GET", "/openapi.yaml", "getContract", Right::anyone, get_contract},
    Route{"GET", "/health", "getHealth", Right::anyone, nullptr, get_health},
    Route{"GET", "/setup", "getSetup", Right::anyone, get_setup},
    Route{"POST", "/setup", "setUp", Right::anyone, set_up, nullptr, net::Lane::hash},
    Route{"POST", "/session", "signIn", Right::anyone, sign_in, nullptr, net::Lane::hash},
    Route{"DELETE", "/session", "signOut", Right::signed_in, sign_out},
    Route{"POST", "/link", "readLink", Right::anyone, read_link, nullptr, net::Lane::read},
    Route{"POST", "/link/password", "useLink", Right::anyone, use_link, nullptr, net::Lane::hash},
    Route{"GET", "/sessions", "listSessions", Right::in_person, list_sessions},
    Route{"DELETE", "/sessions", "endOtherSessions", Right::in_person, end_other_sessions},
    Route{"DELETE", "/sessions/{id}", "endSession", Right::in_person, end_session},
    Route{"GET", "/me", "getMe", Right::signed_in, get_me},
    Route{"PATCH", "/me", "changeMe", Right::signed_in, change_me},
    Route{"PATCH", "/company", "changeCompany", Right::manage_company, change_company},
    Route{"PUT", "/me/password", "changePassword", Right::in_person, change_password, nullptr,
          net::Lane::hash},
    Route{"GET", "/tokens", "listTokens", Right::in_person, list_tokens},
    Route{"POST", "/tokens", "makeToken", Right::in_person, make_token},
    Route{"DELETE", "/tokens/{id}", "removeToken", Right::in_person, remove_token},
    Route{"GET", "/users", "listUsers", Right::signed_in, list_users},
    Route{"POST", "/users", "addUser", Right::manage_people, add_user},
    Route{"PATCH", "/users/{id}", "changeUser", Right::manage_people, change_user},
    Route{"POST", "/users/{id}/link", "makeLink", Right::manage_people, make_link},
    Route{"POST", "/users/{id}/invitation", "inviteToConnect", Right::manage_company,
          invite_to_connect},
    Route{"GET", "/invitations", "listInvitations", Right::signed_in, list_invitations},
    Route{"GET", "/offered-servers", "listOfferedServers", Right::signed_in, list_offered_servers},
    Route{"GET", "/claims", "listClaims", Right::manage_company, list_claims},
    Route{"POST", "/claims/{id}/decision", "decideClaim", Right::manage_company, decide_claim},
    Route{"GET", "/jobs", "listJobs", Right::signed_in, list_jobs},
    Route{"GET", "/jobs/external/{external_id}", "getJobNamed", Right::signed_in, get_job_named},
    Route{"PUT", "/jobs/external/{external_id}", "putJob", Right::edit_candidates, put_job},
    Route{"GET", "/jobs/{id}", "getJob", Right::signed_in, get_job},
    Route{"GET", "/jobs/{id}/stages", "countStages", Right::signed_in, count_stages},
    Route{"POST", "/jobs", "addJob", Right::edit_candidates, add_job},
    Route{"PATCH", "/jobs/{id}", "changeJob", Right::edit_candidates, change_job},
    Route{"PUT", "/jobs/{id}/follow", "followJob", Right::signed_in, follow_job},
    Route{"DELETE", "/jobs/{id}/follow", "unfollowJob", Right::signed_in, unfollow_job},
    Route{"GET", "/candidates", "listCandidates", Right::signed_in, list_candidates},
    Route{"POST", "/candidates", "addCandidate", Right::edit_candidates, add_candidate},
    Route{"GET", "/candidates/external/{external_id}", "getCandidateNamed", Right::signed_in,
          get_candidate_named},
    Route{"PUT", "/candidates/external/{external_id}", "putCandidate", Right::edit_candidates,
          put_candidate},
    Route{"GET", "/candidates/{id}", "getCandidate", Right::signed_in, get_candidate},
    Route{"PATCH", "/candidates/{id}", "changeCandidate", Right::edit_candidates, change_candidate},
    Route{"DELETE", "/candidates/{id}", "forgetCandidate", Right::edit_candidates,
          forget_candidate},
    Route{"GET", "/candidates/{id}/holdings", "getHoldings", Right::signed_in, get_holdings},
    Route{"GET", "/candidates/{id}/timeline", "getTimeline", Right::signed_in, get_timeline},
    Route{"GET", "/candidates/{id}/files", "listFiles", Right::signed_in, list_files},
    Route{"PUT", "/candidates/{id}/files/{file}", "addFile", Right::edit_candidates, add_file},
    Route{"GET", "/candidates/{id}/files/{file}", "getFile", Right::signed_in, nullptr, get_file},
    Route{"DELETE", "/candidates/{id}/files/{file}", "removeFile", Right::edit_candidates,
          remove_file},
    Route{"GET", "/candidates/{id}/merge", "previewMerge", Right::edit_candidates, preview_merge},
    Route{"POST", "/candidates/{id}/merge", "mergeCandidates", Right::edit_candidates,
          merge_candidates},
    Route{"DELETE", "/merges/{id}", "undoMerge", Right::edit_candidates, undo_merge},
    Route{"POST", "/candidates/{id}/catch-up", "catchUp", Right::edit_candidates, catch_up},
    Route{"PUT", "/candidates/{id}/follow", "followCandidate", Right::signed_in, follow_candidate},
    Route{"DELETE", "/candidates/{id}/follow", "unfollowCandidate", Right::signed_in,
          unfollow_candidate},
    Route{"POST", "/candidates/{id}/applications", "addApplication", Right::edit_candidates,
          add_application},
    Route{"GET", "/applications/external/{external_id}", "getApplicationNamed", Right::signed_in,
          get_application_named},
    Route{"PUT", "/applications/external/{external_id}", "putApplication", Right::edit_candidates,
          put_application},
    Route{"PATCH", "/applications/{id}", "moveApplication", Right::move_applications,
          move_application},
    Route{"DELETE", "/applications/{id}", "removeApplication", Right::edit_candidates,
          remove_application},
    Route{"DELETE", "/applications/{id}/removal", "putBackApplication", Right::edit_candidates,
          put_back_application},
    Route{"POST", "/imports/candidates", "importCandidates", Right::edit_candidates, nullptr,
          import_candidates},
    Route{"POST", "/imports/jobs", "importJobs", Right::edit_candidates, nullptr, import_jobs},
    Route{"GET", "/candidates/{id}/old-mail", "getOldMail", Right::edit_candidates, get_old_mail},
    Route{"GET", "/address-holders", "listAddressHolders", Right::edit_candidates,
          list_address_holders},
    Route{"GET", "/errands", "listErrands", Right::signed_in, list_errands},
    Route{"GET", "/threads", "listThreads", Right::signed_in, list_threads},
    Route{"GET", "/threads/{id}", "getThread", Right::signed_in, get_thread},
    Route{"PATCH", "/threads/{id}", "changeThread", Right::signed_in, change_thread},
    Route{"POST", "/threads/{id}/candidate", "addToCandidate", Right::edit_candidates,
          add_to_candidate},
    Route{"DELETE", "/threads/{id}/candidate", "undoTakeOver", Right::edit_candidates,
          undo_take_over},
    Route{"POST", "/threads/{id}/corrections", "correctPlacement", Right::edit_candidates,
          correct_placement},
    Route{"DELETE", "/corrections/{id}", "undoCorrection", Right::edit_candidates, undo_correction},
    Route{"GET", "/search", "search", Right::signed_in, search, nullptr, net::Lane::parse},
    Route{"GET", "/search/files", "searchFiles", Right::signed_in, search_files, nullptr,
          net::Lane::parse},
    Route{"GET", "/counts", "getCounts", Right::signed_in, get_counts},
    Route{"GET", "/counts/unread", "getUnreadCounts", Right::signed_in, get_unread_counts},
    Route{"GET", "/messages/{id}/body", "getMessageBody", Right::signed_in, get_message_body,
          nullptr, net::Lane::parse},
    Route{"GET", "/messages/{id}/raw", "getMessageSource", Right::signed_in, nullptr,
          get_message_source},
    Route{"GET", "/messages/{id}/attachments/{index}", "getAttachment", Right::signed_in, nullptr,
          get_attachment},
    Route{"GET", "/messages/{id}/attachments.zip", "getAttachments", Right::signed_in, nullptr,
          get_attachments},
    Route{"GET", "/messages/{id}/pictures", "listPictures", Right::signed_in, list_pictures,
          nullptr, net::Lane::parse},
    Route{"POST", "/messages/{id}/pictures", "loadPictures", Right::signed_in, nullptr,
          load_pictures},
    Route{"GET", "/messages/{id}/pictures/{picture}", "getPicture", Right::signed_in, get_picture},
    Route{"POST", "/messages", "sendMessage", Right::write_mail, send_message},
    Route{"POST", "/uploads", "upload", Right::write_mail, upload},
    Route{"GET", "/outbox", "listOutbox", Right::signed_in, list_outbox},
    Route{"GET", "/outbox/{id}", "getOutbox", Right::signed_in, get_outbox},
    Route{"POST", "/outbox/{id}/decision", "decideOutbox", Right::write_mail, decide_outbox},
    Route{"GET", "/mailboxes", "listMailboxes", Right::signed_in, list_mailboxes},
    Route{"POST", "/mailboxes", "connectMailbox", Right::signed_in, nullptr, connect_mailbox},
    Route{"GET", "/mailboxes/{id}", "getMailbox", Right::signed_in, get_mailbox},
    Route{"PATCH", "/mailboxes/{id}", "changeMailbox", Right::signed_in, nullptr, change_mailbox},
    Route{"DELETE", "/mailboxes/{id}", "disconnectMailbox", Right::signed_in, disconnect_mailbox},
    Route{"POST", "/mailboxes/{id}/count", "countWindow", Right::signed_in, nullptr, count_window},
    Route{"PUT", "/mailboxes/{id}/window", "setWindow", Right::signed_in, set_window},
    Route{"GET", "/mailboxes/{id}/folders", "listFolders", Right::signed_in, list_folders},
    Route{"PATCH", "/mailboxes/{id}/folders/{folder}", "setFolderRole", Right::signed_in,
          set_folder_role},
    Route{"GET", "/mailboxes/{id}/past", "getPast", Right::signed_in, get_past},
    Route{"PUT", "/mailboxes/{id}/past", "choosePast", Right::signed_in, choose_past},
    Route{"POST", "/mailboxes/{id}/past", "answerPast", Right::signed_in, answer_past},
    Route{"GET", "/mailboxes/{id}/never-synced", "listNeverSynced", Right::signed_in,
          list_never_synced},
    Route{"PATCH", "/mailboxes/{id}/never-synced", "changeNeverSynced", Right::signed_in,
          change_never_synced},
    Route{"GET", "/mailboxes/{id}/ledger", "listBodies", Right::signed_in, list_bodies},
    Route{"GET", "/mailboxes/{id}/quarantine", "listQuarantined", Right::signed_in,
          list_quarantined},
    Route{"POST", "/mailboxes/{id}/quarantine/{folder}/{uid}", "retryQuarantined", Right::signed_in,
          retry_quarantined},
    Route{"GET", "/events", "streamEvents", Right::signed_in, nullptr, stream_events},
};

// The placeholders' values, or nothing when the path doesn't fit the template.
std::optional<std::vector<std::string>> fit(std::string_view path_template,
                                            const std::vector<std::string_view>& path) {
  const auto pattern = split(path_template, '/');
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      if (path[i].empty()) return std::nullopt;
      values.emplace_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace

bool allows(Right right, const rules::User& user) {
  switch (right) {
    case Right::anyone: return true;
    case Right::signed_in:
    case Right::in_person: return user.active;
    case Right::edit_candidates: return user.active && rules::may_edit_candidates(user);
    case Right::move_applications: return rules::may_move_applications(user);
    case Right::write_mail: return user.active && rules::may_write_mail(user);
    case Right::manage_company:
    case Right::manage_people: return user.active && rules::may_manage_company(user);
  }
  return false;
}

bool needs_session(Right right) {
  return right == Right::in_person || right == Right::manage_people;
}

net::Lane lane_of(const Route& route) {
  if (route.lane) return *route.lane;
  return is_safe(route.method) ? net::Lane::read : net::Lane::write;
}

std::span<const Route> routes() { return kRoutes; }

Match match(std::string_view method, std::string_view path) {
  Match result;
  if (!path.starts_with(kApiRoot)) return result;
  const auto segments = split(path.substr(kApiRoot.size()), '/');
  for (const auto& route : kRoutes) {
    auto values = fit(route.path, segments);
    if (!values) continue;
    if (route.method == method) return {&route, std::move(*values), {}};
    if (!result.allowed.empty()) result.allowed += ", ";
    result.allowed += route.method;
  }
  return result;
}

}  // namespace hearback::api

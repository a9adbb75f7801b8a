#pragma once
// Every handler of the route table, by the file that holds it.
#include "api/http/call.hpp"
#include "base/task.hpp"

namespace hearback::api {

// contract.cpp
Reply get_contract(Call& call);
Task<Reply> get_health(Call call);

// sessions.cpp
Reply get_setup(Call& call);
Reply set_up(Call& call);
Reply sign_in(Call& call);
Reply sign_out(Call& call);
Reply list_sessions(Call& call);
Reply end_session(Call& call);
Reply end_other_sessions(Call& call);
Reply list_tokens(Call& call);
Reply make_token(Call& call);
Reply remove_token(Call& call);

// passwords.cpp
Reply make_link(Call& call);
Reply read_link(Call& call);
Reply use_link(Call& call);
Reply change_password(Call& call);

// people.cpp
Reply get_me(Call& call);
Reply change_me(Call& call);
Reply change_company(Call& call);
Reply list_users(Call& call);
Reply add_user(Call& call);
Reply change_user(Call& call);
Reply invite_to_connect(Call& call);
Reply list_invitations(Call& call);
Reply list_offered_servers(Call& call);

// candidates.cpp
Reply list_jobs(Call& call);
Reply get_job(Call& call);
Reply add_job(Call& call);
Reply change_job(Call& call);
Reply get_job_named(Call& call);
Reply put_job(Call& call);
Reply count_stages(Call& call);  // stages.cpp
Reply list_candidates(Call& call);
Reply add_candidate(Call& call);
Reply get_candidate_named(Call& call);
Reply put_candidate(Call& call);
Reply undo_take_over(Call& call);
Reply add_to_candidate(Call& call);
Reply get_candidate(Call& call);
Reply change_candidate(Call& call);
Reply forget_candidate(Call& call);
Reply get_holdings(Call& call);
Reply catch_up(Call& call);
Reply follow_candidate(Call& call);
Reply unfollow_candidate(Call& call);
Reply follow_job(Call& call);
Reply unfollow_job(Call& call);
Reply get_old_mail(Call& call);
Reply list_address_holders(Call& call);

// candidate_files.cpp
Reply list_files(Call& call);
Reply add_file(Call& call);
Reply remove_file(Call& call);

// applications.cpp
Reply add_application(Call& call);
Reply move_application(Call& call);
Reply remove_application(Call& call);
Reply put_back_application(Call& call);
Reply get_application_named(Call& call);
Reply put_application(Call& call);

// imports.cpp
Task<Reply> import_candidates(Call call);
Task<Reply> import_jobs(Call call);

// errands.cpp
Reply list_errands(Call& call);

// threads.cpp
Reply list_threads(Call& call);
Reply get_thread(Call& call);
Reply get_timeline(Call& call);
Reply change_thread(Call& call);
Reply get_counts(Call& call);
Reply get_unread_counts(Call& call);

// merges.cpp
Reply preview_merge(Call& call);
Reply merge_candidates(Call& call);
Reply undo_merge(Call& call);
// corrections.cpp
Reply correct_placement(Call& call);
Reply undo_correction(Call& call);

// search.cpp
Reply search(Call& call);
Reply search_files(Call& call);

// contents.cpp
Reply get_message_body(Call& call);
Task<Reply> get_message_source(Call call);
Task<Reply> get_attachment(Call call);
Task<Reply> get_attachments(Call call);
Task<Reply> get_file(Call call);

// pictures.cpp
Reply list_pictures(Call& call);
Task<Reply> load_pictures(Call call);
Reply get_picture(Call& call);

// messages.cpp
Reply send_message(Call& call);
Reply upload(Call& call);
// Before its octets come: the room that is left for what waits to be sent, if these are within it.
struct UploadRoom {
  std::uint64_t of_user = 0, of_company = 0;
};
Read<UploadRoom> room_for_upload(const Call& call, std::uint64_t octets);

// outbox.cpp
Reply list_outbox(Call& call);
Reply get_outbox(Call& call);
Reply decide_outbox(Call& call);

// mailboxes.cpp
Reply list_mailboxes(Call& call);
Reply get_mailbox(Call& call);
Reply disconnect_mailbox(Call& call);
Reply set_window(Call& call);
Reply list_folders(Call& call);
Reply set_folder_role(Call& call);
Reply list_bodies(Call& call);
Reply get_past(Call& call);
Reply choose_past(Call& call);
Reply answer_past(Call& call);
Reply list_never_synced(Call& call);
Reply change_never_synced(Call& call);
Reply list_quarantined(Call& call);
Reply retry_quarantined(Call& call);

// mailbox_settings.cpp
Task<Reply> connect_mailbox(Call call);
Task<Reply> change_mailbox(Call call);
Task<Reply> count_window(Call call);

// claims.cpp
Reply list_claims(Call& call);
Reply decide_claim(Call& call);

// events.cpp
Task<Reply> stream_events(Call call);

}  // namespace hearback::api

#pragma once
// Nouns as the contract's JSON (components/schemas of openapi.yaml).
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/call.hpp"
#include "rules/nouns.hpp"
#include "store/questions.hpp"

namespace hearback::api {

std::string_view word_of(rules::Role value);
std::string_view word_of(rules::JobKind value);
std::string_view word_of(rules::Direction value);
std::string_view word_of(rules::MessageKind value);
std::string_view word_of(rules::ThreadKind value);
std::string_view word_of(rules::Triage value);
std::string_view word_of(rules::PlacedBy value);
std::string_view word_of(rules::OutboxState value);
std::string_view word_of(rules::MailboxKind value);
std::string_view word_of(rules::MailboxState value);
std::string_view word_of(rules::AddressProof value);
std::string_view word_of(rules::FolderRole value);

boost::json::value when(std::optional<Instant> instant);  // null or RFC 3339
boost::json::value next_page(const std::string& cursor);  // null after the last page
boost::json::object rows_of(boost::json::array rows);

boost::json::object present(const rules::User& user);
// The address in its normal form: what was typed can be made to look like another one.
boost::json::object present(const store::AddressClaims::Row& claim);
// With the answer of the server for the author's eyes alone.
boost::json::object present(const rules::OutboxMessage& message, UserId reader);
boost::json::object present(const rules::Attachment& attachment);
boost::json::array present(const std::vector<mail::Address>& people);
boost::json::object present(const Error& error);  // schema Failure

// signed-in user and company: schema Me
Read<boost::json::object> present_me(House& house, const rules::Scope& scope, UserId user);

}  // namespace hearback::api

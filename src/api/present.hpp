#pragma once
// Nouns as the contract's JSON (components/schemas of openapi.yaml).
#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "api/http/call.hpp"
#include "rules/words.hpp"
#include "store/questions.hpp"

namespace hearback::api {

// The contract's word for a member of an enumeration.
template <class E>
std::string word_for(E member) {
  std::string word(rules::word_of(member));
  std::ranges::replace(word, '-', '_');
  return word;
}

std::string_view word_for(store::Place place);

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
boost::json::object present(const store::ThreadSummary& row);
// schema AddressHolder, of each
boost::json::array present(const store::CandidatesWith::Answer& holders);
boost::json::value word_or_null(const std::optional<rules::Triage>& triage);

// signed-in user and company: schema Me
Read<boost::json::object> present_me(House& house, const rules::Scope& scope, UserId user);

}  // namespace hearback::api

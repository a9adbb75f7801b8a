#include "sync/matcher.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sync/account.hpp"

namespace hearback::sync {
namespace {

void sort_once(std::vector<std::string>& items) {
  std::ranges::sort(items);
  const auto repeated = std::ranges::unique(items);
  items.erase(repeated.begin(), repeated.end());
}

constexpr Instant kWhenever{INT64_MAX};

}  // namespace

Result<Matcher> Matcher::about(store::Store& store, CompanyId company, MailboxId reader,
                               const Envelopes& addressed, const Envelopes& answers) {
  Matcher matcher;
  auto never = store.ask(store::NeverSynced{rules::engine_scope(company), reader});
  if (!never) return Failure(never.error());
  if (!*never) return settings_have_moved();  // it was disconnected: nobody knows who is named
  matcher.never_ = rules::NeverSynced((*never)->entries, std::move((*never)->own));
  store::StoredMessageIds answered{rules::engine_scope(company), {}, reader};
  for (const auto* list : {&addressed, &answers})
    for (const auto* envelope : *list)
      if (auto ids = rules::nearest_references(*envelope); !ids.empty()) {
        std::ranges::move(ids, std::back_inserter(answered.message_ids));
        std::ranges::move(rules::writers_of(*envelope), std::back_inserter(answered.writers));
      }
  sort_once(answered.message_ids);
  sort_once(answered.writers);
  auto stored = store.ask(answered);
  if (!stored) return Failure(stored.error());
  for (auto& one : *stored) matcher.stored_[one.message_id].push_back(std::move(one));

  store::PeopleNamed people{rules::engine_scope(company), {}, reader};
  const auto add = [&](const mail::Envelope& envelope) {
    rules::for_each_participant(envelope, [&](const mail::Address& address) {
      if (!address.normal.empty()) people.normals.push_back(address.normal);
    });
  };
  for (const auto* envelope : addressed) add(*envelope);
  for (const auto* envelope : answers)
    if (!matcher.named_by(*envelope, kWhenever).empty()) add(*envelope);
  sort_once(people.normals);
  auto known = store.ask(people);
  if (!known) return Failure(known.error());
  std::vector<rules::Directory::Entry> entries, resting;
  for (const auto& match : known->candidates)
    if (!match.rests && match.past_until != Instant{})
      matcher.past_[match.normal] = {match.past_until, match.past_open};
  for (auto& match : known->candidates)
    (match.rests ? resting : entries).push_back({std::move(match.normal), match.candidate});
  matcher.directory_ = rules::Directory(entries, known->internal);
  if (resting.empty()) return matcher;
  matcher.resting_ = rules::Directory(resting, known->internal);
  if (auto asked = matcher.ask_about_resting(store, company, addressed); !asked)
    return Failure(asked.error());
  return matcher;
}

Result<> Matcher::ask_about_resting(store::Store& store, CompanyId company,
                                    const Envelopes& envelopes) {
  store::KnownOfSkipped about{rules::engine_scope(company), {}, {}};
  for (const auto* envelope : envelopes) {
    if (rules::candidates_on(resting_, *envelope).empty()) continue;
    if (!envelope->message_id.empty()) about.message_ids.push_back(envelope->message_id);
    rules::for_each_participant(*envelope, [&](const mail::Address& address) {
      if (!address.normal.empty()) about.normals.push_back(address.normal);
    });
  }
  sort_once(about.normals);
  sort_once(about.message_ids);
  auto known = store.ask(about);
  if (!known) return Failure(known.error());
  mailboxes_.insert(known->mailboxes.begin(), known->mailboxes.end());
  known_ids_.insert(known->stored.begin(), known->stored.end());
  return {};
}

Matcher::Skipped Matcher::skipped(const mail::Envelope& envelope) const {
  Skipped skipped;
  skipped.candidates = rules::candidates_on(resting_, envelope);
  if (skipped.candidates.empty()) return skipped;
  if (never_.names(envelope)) return {};  // no job keeps that from coming
  skipped.ours_wrote = std::ranges::any_of(
      envelope.from, [&](const auto& from) { return mailboxes_.contains(from.normal); });
  skipped.stored = known_ids_.contains(envelope.message_id);
  rules::for_each_participant(envelope, [&](const mail::Address& address) {
    if (mailboxes_.contains(address.normal)) skipped.ours.push_back(address.normal);
  });
  return skipped;
}

std::vector<rules::StoredReference> Matcher::named_by(const mail::Envelope& envelope,
                                                      Instant arrived) const {
  std::vector<rules::StoredReference> named;
  for (const auto& id : rules::nearest_references(envelope))
    if (auto known = stored_.find(id); known != stored_.end())
      for (const auto& one : known->second)
        if (!rules::is_of_the_past(arrived, one.closed_until)) named.push_back(one);
  return named;
}

Matcher::Judged Matcher::judge(const mail::Envelope& envelope, Instant arrived) const {
  auto match = by_people(envelope, arrived);
  if (never_.names(envelope)) return {std::nullopt, match.has_value(), {}, true};
  auto past = past_of(envelope, arrived);
  if (!match && past.empty()) past = past_answered_by(envelope, arrived);
  return {std::move(match), false, std::move(past)};
}

std::vector<Matcher::Judged::Past> Matcher::past_of(const mail::Envelope& envelope,
                                                    Instant arrived) const {
  if (past_.empty() || !rules::match_by_address(directory_, envelope)) return {};
  std::vector<std::string> normals;
  rules::for_each_participant(envelope, [&](const mail::Address& address) {
    const auto found = past_.find(address.normal);
    if (found != past_.end() && rules::is_of_the_past(arrived, found->second.until))
      normals.push_back(address.normal);
  });
  sort_once(normals);
  std::vector<Judged::Past> past;
  for (auto& normal : normals) {
    const bool closed = is_closed(normal, arrived);
    past.push_back({std::move(normal), closed});
  }
  return past;
}

// What would come by its references, was it open.
std::vector<Matcher::Judged::Past> Matcher::past_answered_by(const mail::Envelope& envelope,
                                                             Instant arrived) const {
  const auto named = named_by(envelope, kWhenever);
  const auto match = rules::match_by_reference(envelope, directory_.internal(), named);
  if (!match) return {};
  std::vector<std::string> normals;
  for (const auto& reason : match->reasons())
    for (const auto& one : named)
      if (one.candidate == reason.candidate && rules::is_of_the_past(arrived, one.closed_until))
        normals.push_back(one.closed_for);
  sort_once(normals);
  std::vector<Judged::Past> past;
  for (auto& normal : normals) past.push_back({std::move(normal), true});
  return past;
}

bool Matcher::is_closed(const std::string& normal, Instant arrived) const {
  const auto found = past_.find(normal);
  return found != past_.end() && !found->second.open &&
         rules::is_of_the_past(arrived, found->second.until);
}

std::optional<rules::Match> Matcher::by_people(const mail::Envelope& envelope,
                                               Instant arrived) const {
  bool closed = false;
  std::vector<rules::Directory::Entry> open;
  std::vector<std::string> internal;
  if (!past_.empty())
    rules::for_each_participant(envelope, [&](const mail::Address& address) {
      const auto& normal = address.normal;
      if (directory_.internal().knows(normal)) internal.push_back(normal);
      if (is_closed(normal, arrived))
        closed = true;
      else
        for (const auto& candidate : directory_.candidates_of(normal))
          open.push_back({normal, candidate});
    });
  auto match = closed ? rules::match_by_address(rules::Directory(open, internal), envelope)
                      : rules::match_by_address(directory_, envelope);
  if (match) return match;
  return rules::match_by_reference(envelope, directory_.internal(), named_by(envelope, arrived));
}

}  // namespace hearback::sync

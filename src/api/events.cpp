// Server-sent events from the change feed (WHATWG HTML, section 9.2). A stream costs no thread
// while it waits. Who is reading, and what they may see, is asked anew for every batch: a session
// that ended, or a user who lost a job, hears nothing from then on.
#include "api/events.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>

#include "api/handlers.hpp"
#include "api/present.hpp"
#include "base/text.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kBatch = 500;
// Revisions that one look at the feed goes through, however few of them are the reader's.
constexpr std::uint64_t kStretch = 5000;

struct Stream {
  House* house = nullptr;
  Credentials credentials;
  CompanyId company;
  UserId user;
  net::Turn turn;              // at the workers: the reader's own
  bool start_over = false;     // it came back too late to be told all that it missed
  std::uint64_t position = 0;  // everything up to this revision has been told, or wasn't theirs
  std::unique_ptr<net::Signal> signal;
  std::unique_ptr<Feed::Listener> listener;
};

std::string whose(CompanyId company, UserId user) {
  return "position " + company.text() + " " + user.text();
}

std::optional<std::uint64_t> position_of(House& house, const std::string& whose,
                                         std::string_view mark) {
  const auto octets = house.seal.open(mark, whose);
  if (!octets || octets->size() != 8) return std::nullopt;
  std::uint64_t position = 0;
  for (const char octet : *octets) position = position << 8 | static_cast<unsigned char>(octet);
  return position;
}

// For each thread, in which of the reader's own lists it stands.
using Places = std::unordered_multimap<ThreadId, store::Place>;

Read<Places> places_of(store::Store& store, const rules::Scope& scope,
                       const std::vector<store::FeedEntry>& entries) {
  store::PlacesOf question{scope, {}};
  for (const auto& entry : entries)
    if (!entry.thread.empty()) question.threads.push_back(entry.thread);
  Places places;
  if (question.threads.empty()) return places;
  auto found = store.ask(question);
  if (!found) return Refusal(found.error());
  for (const auto& row : *found) places.emplace(row.thread, row.place);
  return places;
}

std::string event_text(const std::string& mark, const store::FeedEntry& entry,
                       const Places& places) {
  const auto or_null = [](const auto& id) {
    return id.empty() ? json::value(nullptr) : json::value(id.text());
  };
  json::object data{{"id", entry.id}, {"candidate", or_null(entry.candidate)}};
  if (!entry.thread.empty()) {
    json::array lists;
    bool among_all = true;
    for (auto [at, end] = places.equal_range(entry.thread); at != end; ++at) {
      lists.push_back(json::value(word_for(at->second)));
      among_all = among_all && at->second != store::Place::non_candidates;
    }
    if (among_all) lists.push_back("all");
    data["thread"] = entry.thread.text();
    data["places"] = std::move(lists);
    if (!entry.user.empty()) data["alone"] = true;
  }
  return "id: " + mark + "\nevent: " + entry.kind + "\ndata: " + json::serialize(data) + "\n\n";
}

constexpr std::string_view kStartOver = "event: start_over\ndata: {}\n\n";

struct Batch {
  std::string text;
  std::uint64_t position = 0;
  bool more = false;
};

Read<Batch> read_batch(const Stream& stream, Instant now) {
  auto& house = *stream.house;
  auto& store = house.store;
  auto asker = identify(store, house.options, stream.credentials, now);
  if (!asker) return Refusal(asker.error());
  if (asker->user.id != stream.user)
    return refuse(Kind::denied, "session.required", "This session has ended.");
  // Read before the entries: whatever of them is missing from the answer is not for these eyes.
  auto facts = store.ask(store::CompanyFacts{asker->scope});
  if (!facts) return Refusal(facts.error());
  // The database has stepped back: what was told since then isn't so any more.
  if (stream.position > facts->revision)
    return Batch{.text = "id: " + mark_of(house, stream.company, stream.user, facts->revision) +
                         "\n" + std::string(kStartOver),
                 .position = facts->revision};
  const auto upto = std::min(facts->revision, stream.position + kStretch);
  auto entries = store.ask(store::Since{asker->scope, stream.position, kBatch, upto});
  if (!entries) return Refusal(entries.error());
  Batch batch{.text = {}, .position = stream.position};
  auto places = places_of(store, asker->scope, *entries);
  if (!places) return Refusal(places.error());
  for (const auto& entry : *entries) {
    batch.text +=
        event_text(mark_of(house, stream.company, stream.user, entry.revision), entry, *places);
    batch.position = std::max(batch.position, entry.revision);
  }
  if (entries->size() < kBatch) batch.position = std::max(batch.position, upto);
  batch.more = batch.position < facts->revision;
  return batch;
}

Task<void> run_stream(std::shared_ptr<Stream> stream, net::HttpStream& out) {
  auto& env = stream->house->env;
  const std::string hello =
      "id: " + mark_of(*stream->house, stream->company, stream->user, stream->position) +
      "\nevent: hello\ndata: {}\n\n";
  if (!co_await out.write(hello)) co_return;
  if (stream->start_over && !co_await out.write(std::string(kStartOver))) co_return;
  while (!out.gone() && !env.stopping()) {
    auto batch = co_await env.work(
        stream->turn, guarded([stream, now = env.now()] { return read_batch(*stream, now); }));
    if (!batch) co_return;  // signed out, switched off, or the store is away: the page comes back
    stream->position = batch->position;
    if (!batch->text.empty() && !co_await out.write(std::move(batch->text))) co_return;
    if (batch->more) continue;
    const bool woken = co_await stream->signal->wait(stream->house->options.heartbeat);
    if (woken || env.stopping()) continue;
    if (!co_await out.write(": still here\n\n")) co_return;
  }
}

struct Start {
  std::uint64_t position = 0;
  bool over = false;
};

Read<Start> start_position(const Call& call) {
  auto facts = call.store().ask(store::CompanyFacts{call.scope()});
  if (!facts) return Refusal(facts.error());
  // A browser that comes back says how far it got; at first it knows from when its answers are.
  std::string mark(call.request->header("last-event-id"));
  if (mark.empty()) mark = call.request->parameter("since").value_or("");
  if (mark.empty()) return Start{facts->revision, false};
  const auto last = position_of(*call.house, whose(call.asker.company, call.user().id), mark);
  // Of one too far back, what followed is gone; one that can't be read is of before we started.
  if (last && *last <= facts->revision && *last >= facts->feed_start) return Start{*last};
  return Start{facts->revision, true};
}

}  // namespace

std::string mark_of(House& house, CompanyId company, UserId user, std::uint64_t position) {
  std::string octets;
  for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(position >> shift);
  return house.seal.close(octets, whose(company, user), house.random);
}

Feed::Feed(store::Store& store) : store_(store) {
  subscription_ = store_.on_commit([this](CompanyId company, std::uint64_t) { wake(company); });
}

Feed::~Feed() { store_.forget(subscription_); }

void Feed::wake(CompanyId company) {
  std::lock_guard lock(mutex_);
  const auto found = signals_.find(company);
  if (found == signals_.end()) return;
  for (auto* signal : found->second) signal->notify();
}

std::size_t Feed::streams_of(UserId user) {
  std::lock_guard lock(mutex_);
  const auto found = streams_.find(user);
  return found == streams_.end() ? 0 : found->second;
}

Feed::Listener::Listener(std::shared_ptr<Feed> feed, CompanyId company, UserId user,
                         net::Signal& signal)
    : feed_(std::move(feed)), company_(company), user_(user), signal_(signal) {
  std::lock_guard lock(feed_->mutex_);
  feed_->signals_[company_].push_back(&signal_);
  ++feed_->streams_[user_];
}

Feed::Listener::~Listener() {
  std::lock_guard lock(feed_->mutex_);
  auto& signals = feed_->signals_[company_];
  std::erase(signals, &signal_);
  if (signals.empty()) feed_->signals_.erase(company_);
  if (--feed_->streams_[user_] == 0) feed_->streams_.erase(user_);
}

Task<Reply> stream_events(Call call) {
  auto& house = *call.house;
  if (house.feed->streams_of(call.user().id) >= house.options.streams_per_user)
    co_return refuse(Kind::transient, "events.too-many",
                     "Too many pages of yours are open at once.", "Close one of them.");
  auto stream = std::make_shared<Stream>();
  stream->house = &house;
  stream->credentials = call.credentials;
  stream->company = call.asker.company;
  stream->user = call.user().id;
  stream->turn = call.turn(net::Lane::read);
  stream->signal = house.env.make_signal();
  // Listening begins before the position is read: what is committed in between wakes the stream.
  stream->listener =
      std::make_unique<Feed::Listener>(house.feed, stream->company, stream->user, *stream->signal);
  auto position =
      co_await house.env.work(stream->turn, guarded([call] { return start_position(call); }));
  if (!position) co_return Refusal(position.error());
  stream->position = position->position;
  stream->start_over = position->over;

  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/event-stream");
  response.headers.emplace_back("X-Accel-Buffering", "no");  // proxies: pass each event on at once
  response.stream = [stream](net::HttpStream& out) { return run_stream(stream, out); };
  co_return response;
}

}  // namespace hearback::api

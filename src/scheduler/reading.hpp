#pragma once
// What stands in the files of messages is read behind their arrival, the newest first, so that they
// are found by it (M-6), and so is what stands in those that lie on profiles (W-9), by turns: one
// message, or one of these, at a time, of the company that has had the least time. A file
// that can't be read is not tried again; nor is a message amid whose files the server ended three
// times. What can't be read just now rests, and keeps no other waiting.
#include <memory>

#include "net/env.hpp"
#include "scheduler/file_reader.hpp"
#include "store/store.hpp"

namespace hearback::scheduler {

struct ReadingOptions {
  Duration of_file = std::chrono::seconds(10);     // at the longest
  Duration of_message = std::chrono::seconds(20);  // all of its files
  Duration breath = 10ms;                          // between two messages
  Duration retry = 60s;  // after the store's trouble; and how often it looks without being told
  // A message that it can't read now, though others go on: at first for twice `retry`, then for
  // longer.
  Duration passed_over_most = std::chrono::hours(1);
  Duration ask_for_program = std::chrono::hours(1);  // where there is none
};

class ReadingFiles {
 public:
  // `reader` outlives it.
  ReadingFiles(net::Env& env, store::Store& store, FileReader& reader, ReadingOptions options = {});
  ~ReadingFiles();
  Task<void> run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hearback::scheduler

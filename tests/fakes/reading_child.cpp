// The program that reads a file, and nothing else of it: for tests of who has files read.
#include "reading_child.hpp"

int main(int argc, char** argv) { return hearback::read_in_child(argc, argv); }

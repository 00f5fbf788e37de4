// C++ with its standard library: streams, strings, containers, algorithms, files, time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  double side;
};

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  std::sort(words.begin(), words.end());
  std::cout << "sorted";
  for (const auto &word : words) std::cout << ' ' << word;
  std::cout << std::endl;
  const char *greeting = std::getenv("GREETING");
  std::cout << "variable " << (greeting ? greeting : "none") << std::endl;

  std::map<std::string, int> counts;
  std::istringstream text("one two one three one");
  for (std::string word; text >> word;) counts[word]++;
  for (const auto &[word, count] : counts) std::cout << word << '=' << count << ' ';
  std::cout << std::endl;

  std::unique_ptr<Shape> shape = std::make_unique<Square>(1.5);
  std::cout << "area " << shape->area() << std::endl;

  mkdir("/tmp/cpp", 0755);
  FILE *file = std::fopen("/tmp/cpp/file", "w+");
  std::fputs("first\nsecond\n", file);
  std::fclose(file);
  file = std::fopen("/tmp/cpp/file", "a+");
  std::fputs("third\n", file);
  std::fseek(file, 6, SEEK_SET);
  char line[64];
  std::fgets(line, sizeof line, file);
  std::cout << "line " << line;
  std::fclose(file);
  symlink("file", "/tmp/cpp/link");
  struct stat about;
  lstat("/tmp/cpp/link", &about);
  std::cout << "symlink " << S_ISLNK(about.st_mode);
  stat("/tmp/cpp/link", &about);
  std::cout << " of " << about.st_size << " bytes" << std::endl;
  truncate("/tmp/cpp/file", 5);
  std::cout << "exists " << (access("/tmp/cpp/file", R_OK) == 0) << " missing " << (access("/tmp/cpp/none", R_OK) == 0)
            << std::endl;
  int entries = 0;
  DIR *directory = opendir("/tmp/cpp");
  while (readdir(directory)) entries++;
  closedir(directory);
  std::cout << "entries " << entries << std::endl;

  auto begin = std::chrono::steady_clock::now();
  usleep(100000);
  std::cout << "slept " << (std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(100)) << std::endl;
  std::cerr << "done" << std::endl;
  return 23;
}

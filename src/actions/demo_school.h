/// Who and what the demo school has; names are invented.
#pragma once

#include <array>
#include <string_view>

namespace actions::demo {

inline constexpr std::string_view slug = "northgate";
inline constexpr std::string_view school_name = "Northgate Driving School";

struct Teacher {
  std::string_view name, email, phone;
  bool manual, automatic;
  int first_hour, last_hour;          ///< Of a working day.
  std::string_view days;              ///< ISO weekdays, Monday = 1.
  std::string_view languages, areas;  ///< Each list with spaces between.
};
inline constexpr std::array<Teacher, 6> teachers{{
    {"Daniel Okafor", "instructor@demo.test", "020 7946 0101", true, false, 8, 17, "12345", "en", "N1 N5 N19"},
    {"Sophie Bennett", "sophie.bennett@demo.test", "020 7946 0102", true, true, 9, 18, "12345", "en fr", "N1 N19"},
    {"Imran Qureshi", "imran.qureshi@demo.test", "020 7946 0103", true, false, 12, 20, "23456", "en ur", "N4 N8 N22"},
    {"Grace Whitfield", "grace.whitfield@demo.test", "020 7946 0104", true, true, 9, 15, "1245", "en", "N8 N10"},
    {"Tomasz Zielinski", "tomasz.zielinski@demo.test", "020 7946 0105", false, true, 7, 16, "12345", "en pl", "N4 N22"},
    {"Aisha Rahman", "aisha.rahman@demo.test", "020 7946 0106", false, true, 10, 19, "13456", "bn en", "N5 N19"},
}};

struct Car {
  std::string_view name;
  bool automatic;
};
inline constexpr std::array<Car, 7> cars{{{"Vauxhall Corsa (NG21 RDA)", false},
                                          {"Ford Fiesta (NG70 RDB)", false},
                                          {"Renault Clio (NG22 RDC)", false},
                                          {"Peugeot 208 (NG23 RDD)", false},
                                          {"Toyota Yaris Hybrid (NG72 RDE)", true},
                                          {"Mini Electric (NG73 RDF)", true},
                                          {"Vauxhall Corsa Electric (NG24 RDG)", true}}};

struct Offer {
  std::string_view name;
  int length_minutes;
  int price_minor;
  bool automatic;
  int buffer_after_minutes;
};
inline constexpr std::array<Offer, 4> offers{{{"Driving lesson", 60, 3'800, false, 15},
                                              {"Driving lesson, automatic", 60, 4'000, true, 15},
                                              {"Double lesson", 120, 7'400, false, 15},
                                              {"Motorway lesson, automatic", 90, 6'200, true, 30}}};

/// The first one is learner@demo.test. Learner number n goes to teacher number n modulo 6.
inline constexpr std::array<std::string_view, 30> learners{
    {"Maya Thompson",    "Oliver Hughes",  "Amelia Clarke",   "Noah Patel",    "Isla Robertson", "Leo Fitzgerald",
     "Zara Hussain",     "Harry Lawson",   "Freya Donnelly",  "Jacob Mensah",  "Poppy Ellis",    "Ethan Kowalski",
     "Lily Chen",        "Mohammed Farah", "Ruby Sinclair",   "Alfie Marsden", "Chloe Nguyen",   "Samuel Adeyemi",
     "Niamh O'Sullivan", "Callum Fraser",  "Evie Hartley",    "Rohan Mehta",   "Jasmine Brooks", "Finley Doyle",
     "Hannah Goldberg",  "Lucas Ferreira", "Megan Pritchard", "Yusuf Demir",   "Abigail Stone",  "Theo Langley"}};

inline constexpr std::array<std::string_view, 6> streets{
    {"Mill Lane", "Station Road", "Church Street", "Victoria Avenue", "Park View", "The Crescent"}};

}  // namespace actions::demo

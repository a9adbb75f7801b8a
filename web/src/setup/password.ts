export const SHORTEST_PASSWORD = 12; // characters, as the server demands

/** The version of Touchstone that is running; a test holds it against `package.json`. */
export const version = '0.1.0';

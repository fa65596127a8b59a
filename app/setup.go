package app

// setupLogin is the login of the technical user a first start creates.
const setupLogin = "admin"

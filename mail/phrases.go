package mail

import "bandeau/directory"

// phrases are the words of a password mail in one language. In Intro and
// Renewed %s is the name of the centre.
type phrases struct {
	Subject        string // %s is the centre
	SubjectRenewed string // %s is the centre
	Greeting       string // %s is the person's name
	Intro          string
	Renewed        string
	Login          string
	Password       string
	Change         string
	Open           string
	Unexpected     string
}

func phrasesIn(language directory.Language) phrases {
	switch language {
	case directory.French:
		return phrases{
			Subject:        "Votre accès à %s",
			SubjectRenewed: "Votre nouveau mot de passe pour %s",
			Greeting:       "Bonjour %s,",
			Intro:          "Un compte vient d'être créé pour vous dans le centre de contacts %s.",
			Renewed:        "Un nouveau mot de passe vient d'être créé pour votre compte dans le centre de contacts %s. L'ancien ne fonctionne plus.",
			Login:          "Identifiant :",
			Password:       "Mot de passe :",
			Change:         "Il vous sera demandé de le remplacer à votre première connexion. Sans connexion, il cesse de fonctionner au bout de 7 jours.",
			Open:           "Se connecter :",
			Unexpected:     "Si vous n'attendiez pas ce message, prévenez votre administrateur. Ne le transférez à personne.",
		}
	case directory.Italian:
		return phrases{
			Subject:        "Il suo accesso a %s",
			SubjectRenewed: "La sua nuova password per %s",
			Greeting:       "Buongiorno %s,",
			Intro:          "È stato creato un account per lei nel centro di contatto %s.",
			Renewed:        "È stata creata una nuova password per il suo account nel centro di contatto %s. La precedente non funziona più.",
			Login:          "Nome utente:",
			Password:       "Password:",
			Change:         "Le verrà chiesto di sostituirla al primo accesso. Se non accede, smette di funzionare dopo 7 giorni.",
			Open:           "Accedi:",
			Unexpected:     "Se non aspettava questo messaggio, avvisi il suo amministratore. Non lo inoltri a nessuno.",
		}
	case directory.Spanish:
		return phrases{
			Subject:        "Su acceso a %s",
			SubjectRenewed: "Su nueva contraseña para %s",
			Greeting:       "Hola, %s:",
			Intro:          "Se ha creado una cuenta para usted en el centro de contacto %s.",
			Renewed:        "Se ha creado una nueva contraseña para su cuenta en el centro de contacto %s. La anterior ya no funciona.",
			Login:          "Nombre de usuario:",
			Password:       "Contraseña:",
			Change:         "Se le pedirá que la cambie la primera vez que se conecte. Si no se conecta, deja de funcionar a los 7 días.",
			Open:           "Conectarse:",
			Unexpected:     "Si no esperaba este mensaje, avise a su administrador. No lo reenvíe a nadie.",
		}
	case directory.English:
	}
	return phrases{
		Subject:        "Your access to %s",
		SubjectRenewed: "Your new password for %s",
		Greeting:       "Hello %s,",
		Intro:          "An account has been created for you in the contact centre %s.",
		Renewed:        "A new password has been made for your account in the contact centre %s. The old one no longer works.",
		Login:          "Login:",
		Password:       "Password:",
		Change:         "You will be asked to replace it when you first log in. If you do not log in, it stops working after 7 days.",
		Open:           "Log in:",
		Unexpected:     "If you did not expect this message, tell your administrator. Do not forward it to anyone.",
	}
}

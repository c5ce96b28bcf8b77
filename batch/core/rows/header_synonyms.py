"""The headers people write for each column, the surest first.

A header of a looser group counts only where none of a surer one is there: with
"Teacher" and "Email" side by side, the address is the one that can be sent.
Languages: English, Spanish, French, German, Portuguese, Arabic, Hindi, Chinese.
"""

from collections.abc import Mapping

#: API name of a column -> groups of headers; compared folded, so capitals and accents do not matter.
WORDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "title": (
        (
            *("class title", "class name", "class", "lesson", "lesson title", "subject", "course", "topic"),
            *("course title", "course name", "subject name", "lecture", "session", "module"),
            *("lesson name", "session name", "session title", "module name", "lecture title", "topic name"),
            *("título", "clase", "nombre de la clase", "asignatura", "materia", "lección", "módulo"),
            *("titre", "intitulé", "cours", "nom du cours", "matière"),
            *("titel", "fach", "kurs", "unterrichtsfach", "thema", "veranstaltung"),
            *("nome da aula", "disciplina", "matéria"),
            *("العنوان", "عنوان الحصة", "اسم الحصة", "المادة", "اسم المادة", "الدرس", "المقرر"),
            *("शीर्षक", "विषय", "पाठ", "कक्षा का नाम"),
            *("标题", "课程", "课程名称", "课名", "科目", "主题", "標題", "課程", "課程名稱"),
        ),
        # In Portuguese "aula" is a lesson; in Spanish and Italian, a room.
        ("name", "curso", "classe", "klasse", "turma", "aula", "الحصة", "कक्षा", "班级"),
    ),
    "start_time": (
        (
            *("start", "starts", "starts at", "start time", "start datetime", "start date time"),
            *("start date and time", "date and time", "date time", "datetime", "date/time"),
            *("when", "begins", "begin"),
            *("inicio", "hora de inicio", "hora inicio", "comienzo", "hora comienzo"),
            *("fecha y hora", "fecha y hora de inicio"),
            *("début", "heure de début", "heure début", "date et heure", "date et heure de début"),
            *("beginn", "anfang", "startzeit", "startuhrzeit", "datum und uhrzeit"),
            *("início", "horário de início", "começo", "data e hora", "data e hora de início"),
            *("البداية", "وقت البداية", "وقت البدء", "البدء", "التاريخ والوقت"),
            *("प्रारंभ", "प्रारंभ समय", "आरंभ", "आरंभ समय", "दिनांक और समय", "तिथि और समय"),
            *("开始时间", "开始", "上课时间", "日期和时间", "日期时间", "開始時間"),
        ),
        (
            *(
                "time",
                "from",
                "period",
                "slot",
                "hora",
                "horario",
                "heure",
                "horaire",
                "uhrzeit",
                "zeit",
                "von",
            ),
            *("stunde", "horário", "الوقت", "الساعة", "समय", "时间", "時間", "节次"),
        ),
    ),
    "date": (
        (
            *("class date", "lesson date", "start date", "fecha", "fecha de inicio", "fecha inicio"),
            "fecha de la clase",
            *(
                "date de début",
                "date du cours",
                "datum",
                "startdatum",
                "data",
                "data de início",
                "data da aula",
            ),
            *("التاريخ", "تاريخ البدء", "تاريخ الحصة", "दिनांक", "तारीख", "तिथि"),
            *("日期", "上课日期", "开始日期", "開始日期"),
        ),
    ),
    "time_zone": (
        (
            *(
                "time zone",
                "timezone",
                "zone",
                "tz",
                "zona horaria",
                "huso horario",
                "fuseau horaire",
                "fuseau",
            ),
            *("zeitzone", "fuso horário", "المنطقة الزمنية", "समय क्षेत्र", "时区", "時區"),
        ),
    ),
    "presenter_email": (
        (
            *("presenter email", "presenter e-mail", "teacher email", "teacher e-mail", "teacher's email"),
            *("instructor email", "instructor e-mail", "tutor email", "tutor e-mail"),
            *("correo del profesor", "email del profesor", "correo electrónico del profesor"),
            *("e-mail du professeur", "courriel du professeur", "e-mail de l'enseignant"),
            *("e-mail lehrkraft", "e-mail der lehrkraft", "lehrer e-mail"),
            *("e-mail do professor", "email do professor", "e-mail da professora"),
            *("بريد المعلم", "بريد المدرس", "البريد الإلكتروني للمعلم"),
            *("शिक्षक ईमेल", "शिक्षक का ईमेल", "教师邮箱", "老师邮箱", "教师电子邮件", "教師電郵"),
        ),
        (
            *("email", "e-mail", "email address", "e-mail address", "mail", "correo", "correo electrónico"),
            *("courriel", "adresse e-mail", "e-mail-adresse", "البريد الإلكتروني", "البريد", "ईमेल"),
            *("邮箱", "电子邮件", "电子邮箱", "電子郵件"),
        ),
        (
            *("presenter", "teacher", "instructor", "tutor", "lecturer", "profesor", "profesora", "docente"),
            *("professeur", "enseignant", "enseignante", "lehrer", "lehrerin", "lehrkraft", "dozent"),
            *("professor", "professora", "المعلم", "المعلمة", "المدرس", "الأستاذ", "शिक्षक", "अध्यापक"),
            *("教师", "老师", "讲师", "教師", "老師"),
        ),
    ),
    "presenter_id": (("presenter id", "teacher id", "instructor id", "tutor id", "staff id"),),
    "presenter_name": (
        (
            *("presenter name", "teacher name", "instructor name", "tutor name", "nombre del profesor"),
            *("nom du professeur", "nom de l'enseignant", "name der lehrkraft", "nome do professor"),
            *("اسم المعلم", "اسم المدرس", "शिक्षक का नाम", "教师姓名", "老师姓名"),
        ),
        (
            *("presenter", "teacher", "instructor", "tutor", "lecturer", "profesor", "profesora", "docente"),
            *("professeur", "enseignant", "enseignante", "lehrer", "lehrerin", "lehrkraft", "dozent"),
            *("professor", "professora", "المعلم", "المعلمة", "المدرس", "الأستاذ", "शिक्षक", "अध्यापक"),
            *("教师", "老师", "讲师", "教師", "老師"),
            *("host", "meeting host", "trainer", "coach", "educator", "facilitator", "faculty"),
        ),
    ),
    "duration": (
        (
            *("duration minutes", "duration in minutes", "duration (min)", "duration (mins)"),
            *(
                "duration (minutes)",
                "minutes",
                "mins",
                "length",
                "length (min)",
                "duración",
                "duración (min)",
            ),
            *("length (mins)", "length (minutes)", "length in minutes", "lesson length", "class length"),
            *("duración (minutos)", "duración (mins)", "durée (minutes)", "durée (mins)", "dauer (minuten)"),
            *("unterrichtsdauer", "duração (minutos)", "duração em minutos"),
            *("duración en minutos", "minutos", "durée", "durée (min)", "durée en minutes"),
            *("dauer", "dauer (min)", "dauer in minuten", "minuten", "duração", "duração (min)"),
            *("المدة", "مدة الحصة", "المدة بالدقائق", "المدة (دقيقة)", "अवधि", "अवधि (मिनट)", "मिनट"),
            *("时长", "时长(分钟)", "持续时间", "分钟", "時長"),
        ),
        (
            *("duration (hours)", "duration (hrs)", "duration (h)", "duration in hours", "hours", "hrs"),
            *("length (hours)", "length (hrs)", "length in hours", "class hours", "number of hours"),
            *("duración (horas)", "duración en horas", "horas", "durée (heures)", "durée (h)"),
            *("durée en heures", "nombre d'heures", "dauer (stunden)", "dauer (std.)", "dauer in stunden"),
            *(
                "dauer (h)",
                "stunden",
                "duração (horas)",
                "duração em horas",
                "المدة (ساعات)",
                "المدة بالساعات",
            ),
            *("अवधि (घंटे)", "घंटे", "时长(小时)", "小时"),
        ),
    ),
    "end_date": (
        (
            *("end date", "date end", "last day", "finish date", "to date", "until date"),
            *("fecha de fin", "fecha final", "fecha fin", "date de fin", "fin le", "enddatum", "datum ende"),
            *("data de fim", "data final", "data de término", "تاريخ النهاية", "تاريخ الانتهاء"),
            *("समाप्ति तिथि", "अंतिम तिथि", "结束日期", "結束日期"),
        ),
    ),
    "weekday": (
        (
            *("weekday", "weekdays", "day of week", "days of week", "day of the week"),
            *("days of the week", "class days", "meeting days", "days met", "meeting pattern"),
            *("day pattern", "lesson days", "día de la semana", "días de la semana"),
            *("jour de la semaine", "wochentag", "wochentage", "dia da semana", "dias da semana"),
            *(
                "वार",
                "星期",
                "周几",
                "星期几",
                "上课日",
                "day number",
                "day no",
                "weekday number",
                "tagnummer",
            ),
            *("numéro du jour", "número de día"),
        ),
        (*("days", "day(s)", "días", "jours", "tage", "dias", "الأيام", "أيام"),),
        (*("day", "día", "jour", "tag", "dia", "اليوم", "يوم", "दिन"),),
    ),
    "repeat": (
        (
            *("repeat", "repeats", "repeating", "repetition", "recurrence", "recurring", "recurs"),
            *("recurrence pattern", "recurrence rule", "rrule", "frequency", "how often"),
            *("is recurring", "repeat pattern", "series", "repetir", "repetición", "se repite"),
            *("recurrencia", "frecuencia", "periodicidad", "répétition", "récurrence", "fréquence"),
            *("périodicité", "se répète", "wiederholung", "wiederholungen", "wiederholen"),
            *("wiederholt sich", "häufigkeit", "turnus", "rhythmus", "serie", "repetição", "repete"),
            *("recorrência", "frequência", "periodicidade", "تكرار", "التكرار", "दोहराव", "आवृत्ति"),
            *("पुनरावृत्ति", "重复", "重複", "频率", "循环"),
        ),
    ),
    "first_date": (
        (
            *("first lesson", "first class", "first session", "first meeting", "series start", "repeat from"),
            *(
                "repeats from",
                "recurrence start",
                "primera clase",
                "premier cours",
                "erster termin",
                "primeira aula",
            ),
            *("أول درس", "पहली कक्षा", "首次上课"),
        ),
    ),
    "last_date": (
        (
            *("repeat until", "repeats until", "recurs until", "recurrence end", "recurrence end date"),
            *("series end", "wiederholen bis", "se repite hasta", "répéter jusqu'au", "repetir até"),
            *("repetir hasta", "重复至", "last lesson", "last class", "last session", "last meeting"),
            *("última clase", "dernier cours", "letzter termin", "última aula", "آخر درس"),
            *("अंतिम कक्षा", "最后一次上课"),
        ),
    ),
    "times": (
        (
            *(
                "occurrences",
                "number of occurrences",
                "repetitions",
                "number of lessons",
                "number of classes",
            ),
            *(
                "number of sessions",
                "no of lessons",
                "no of sessions",
                "sessions",
                "repeat count",
                "ocurrencias",
            ),
            *(
                "número de clases",
                "número de sesiones",
                "nombre de séances",
                "nombre de cours",
                "anzahl termine",
            ),
            *("anzahl der termine", "número de aulas", "عدد الحصص", "कक्षाओं की संख्या", "上课次数", "次数"),
        ),
    ),
    "weeks": (
        (
            *(
                "weeks of term",
                "term weeks",
                "teaching weeks",
                "week pattern",
                "week type",
                "weektype",
                "a/b week",
            ),
            *("ab week", "week a/b", "tipo de semana", "type de semaine", "wochentyp", "turnuswoche"),
            *("semanas", "semaines", "wochen", "الأسابيع", "सप्ताह", "周次", "週次", "单双周"),
            *("week", "semana", "semaine", "woche", "الأسبوع"),
        ),
    ),
    "except": (
        (
            *(
                "not on",
                "except on",
                "excluding",
                "excluded dates",
                "exceptions",
                "exception dates",
                "skip dates",
            ),
            *(
                "no class on",
                "no lesson on",
                "exdate",
                "excepto",
                "salvo",
                "sauf",
                "sauf le",
                "außer",
                "außer am",
            ),
            *("ausnahmen", "exceto", "ما عدا", "को छोड़कर", "除外日期", "不上课日期"),
        ),
    ),
    "end_time": (
        (
            *("end", "ends", "ends at", "end time", "finish", "finish time", "finishes", "hora de fin"),
            *("hora de finalización", "hora fin", "hora final", "fin", "heure de fin", "heure fin"),
            *("ende", "endzeit", "enduhrzeit", "fim", "hora fim", "hora de término", "horário de término"),
            *("término", "النهاية", "وقت النهاية", "وقت الانتهاء", "समाप्ति", "समाप्ति समय"),
            *("结束时间", "结束", "下课时间", "結束時間"),
        ),
        ("to", "until", "till", "bis", "hasta"),
    ),
    "priority": (
        (
            *("priority", "importance", "rank", "prioridad", "priorité", "priorität", "prioridade"),
            *("الأولوية", "प्राथमिकता", "优先级"),
        ),
    ),
    "lesson_id": (
        (
            *(
                "lesson id",
                "lesson no",
                "lesson number",
                "lesson key",
                "event id",
                "session id",
                "activity id",
            ),
            *("id de la clase", "id de la lección", "id du cours", "unterrichts-id", "unterrichtsnummer"),
            *("id da aula", "معرف الحصة", "पाठ आईडी", "课次编号"),
        ),
        ("uid", "id"),
    ),
    "extend_duration": (("extend duration", "extension", "extend by", "extra minutes", "extend (min)"),),
    "attendee_limit": (
        (
            *("attendee limit", "attendees", "max attendees", "class size", "seats", "capacity"),
            *("límite de asistentes", "asistentes", "plazas", "cupo", "participants", "nombre de places"),
            *("places", "teilnehmer", "teilnehmerzahl", "plätze", "limite de participantes"),
            *("participantes", "vagas", "عدد الحضور", "الحد الأقصى للحضور", "सीटें", "人数", "人数上限"),
            *(
                "max students",
                "maximum students",
                "max pupils",
                "max participants",
                "máx. alumnos",
                "máximo de alumnos",
            ),
            *(
                "cupo máximo",
                "aforo",
                "capacidad",
                "capacité",
                "nb max d'élèves",
                "nombre max d'élèves",
                "effectif max",
            ),
            *("kapazität", "max. teilnehmer", "max. schüler", "capacidade", "lotação", "máx. alunos"),
        ),
        (
            *("students", "alumnos", "élèves", "schüler", "alunos", "عدد الطلاب", "छात्र संख्या", "学生人数"),
            *(
                "number of students",
                "no. of students",
                "number of pupils",
                "pupils",
                "nº de alumnos",
                "número de alumnos",
            ),
            *("nombre d'élèves", "nb d'élèves", "anzahl schüler", "schülerzahl", "número de alunos"),
        ),
    ),
    "language_culture_name": (
        (
            *("language culture name", "language", "lang", "language code", "culture"),
            *("idioma", "langue", "sprache", "língua", "اللغة", "भाषा", "语言", "語言"),
        ),
    ),
    "create_recording": (
        (
            *("create recording", "recording", "record", "recorded", "record class", "grabación", "grabar"),
            *("enregistrement", "enregistrer", "aufzeichnung", "aufzeichnen", "gravação", "gravar"),
            *("التسجيل", "تسجيل الحصة", "रिकॉर्डिंग", "录制", "是否录制"),
        ),
    ),
    "presenter_default_controls": (("presenter default controls", "presenter controls", "teacher controls"),),
    "attendee_default_controls": (("attendee default controls", "attendee controls", "student controls"),),
    "return_url": (("return url", "return address", "exit url"),),
    "status_ping_url": (("status ping url", "status url", "ping url"),),
}

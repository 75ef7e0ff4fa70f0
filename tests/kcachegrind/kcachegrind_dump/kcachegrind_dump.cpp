// SPDX-License-Identifier: MIT
// A plugin that plays the user of KCachegrind and writes down what KCachegrind shows:
//
//     HOTPROF_DUMP_SCRIPT="loaded;functions;quit" HOTPROF_DUMP=out.txt
//         kcachegrind -plugin kcachegrind_dump run.prof
//
// A script is a sequence of the steps in the table below, each with an optional argument behind a
// blank. A step is tried again until it succeeds; when none does for ten minutes, the dump ends
// with "timeout" and the step's name.

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QElapsedTimer>
#include <QFile>
#include <QFileDialog>
#include <QGenericPlugin>
#include <QGraphicsScene>
#include <QGraphicsView>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPointer>
#include <QProgressDialog>
#include <QStatusBar>
#include <QTabWidget>
#include <QTextStream>
#include <QTimer>
#include <QTreeWidget>

#include <cstdlib>

namespace
{

class User : public QObject
{
  public:
    User()
        : steps_(qEnvironmentVariable("HOTPROF_DUMP_SCRIPT").split(QLatin1Char(';'))),
          file_(qEnvironmentVariable("HOTPROF_DUMP"))
    {
        if (!file_.open(QIODevice::WriteOnly))
            qFatal("HOTPROF_DUMP cannot be written");
        out_.setDevice(&file_);
#if QT_VERSION < QT_VERSION_CHECK(6, 0, 0)
        out_.setCodec("UTF-8");
#endif
        clock_.start();
        patience_.start();
        connect(&timer_, &QTimer::timeout, this, &User::step);
        timer_.start(10);
    }

  private:
    // One step a tick, so that KCachegrind's own delayed updates run in between.
    void step()
    {
        if (busy_ || ++idle_ < 10)
            return;
        busy_ = true;
        const QString name = steps_.first().section(QLatin1Char(' '), 0, 0);
        const QString argument = steps_.first().section(QLatin1Char(' '), 1);
        if (run(name, argument)) {
            steps_.removeFirst();
            patience_.start();
            idle_ = 0;
        } else if (patience_.elapsed() > 600000) {
            out_ << "timeout\t" << name << "\n";
            steps_ = QStringList{QStringLiteral("quit")};
        }
        out_.flush();
        busy_ = false;
    }

    bool run(const QString &name, const QString &argument)
    {
        static const QHash<QString, bool (User::*)(const QString &)> table = {
            {"loaded", &User::loaded}, {"functions", &User::functions},
            {"events", &User::events}, {"event", &User::selectEvent},
            {"select", &User::select}, {"callers", &User::callers},
            {"costs", &User::costs},   {"callees", &User::callees},
            {"source", &User::source}, {"graph", &User::graph},
            {"resize", &User::resize}, {"title", &User::title},
            {"status", &User::status}, {"messages", &User::messages},
            {"action", &User::action}, {"choose", &User::choose},
            {"cancel", &User::cancel}, {"progress", &User::progress},
            {"busy", &User::busy},     {"shell", &User::shell},
            {"grab", &User::grab},     {"quit", &User::quit},
        };
        const auto found = table.constFind(name);
        if (found == table.constEnd())
            qFatal("no such step: %s", qPrintable(name));
        return (this->*found.value())(argument);
    }

    // KCachegrind's newest window.
    QMainWindow *window()
    {
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (auto *window = qobject_cast<QMainWindow *>(widget))
                if (!windows_.contains(window))
                    windows_ += window;
        return windows_.isEmpty() ? nullptr : windows_.last();
    }

    QTreeView *functionList()
    {
        if (window())
            for (QTreeView *view : window()->findChildren<QTreeView *>())
                if (view->model() &&
                    view->model()->metaObject()->className() == QLatin1String("FunctionListModel"))
                    return view;
        return nullptr;
    }

    // The argument is the number of windows to wait for.
    bool loaded(const QString &count)
    {
        if (!functionList() || functionList()->model()->rowCount() == 0 ||
            windows_.size() < count.toInt())
            return false;
        line(QStringLiteral("loaded"), {QString::number(clock_.elapsed())});
        return true;
    }

    bool functions(const QString &)
    {
        const QAbstractItemModel *model = functionList()->model();
        for (int row = 0; row < model->rowCount(); row++) {
            QStringList cells;
            for (int column = 0; column < model->columnCount(); column++)
                cells += model->index(row, column).data().toString();
            line(QStringLiteral("function"), cells);
        }
        return true;
    }

    // KCachegrind offers its event types in a combo box of the tool bar.
    bool events(const QString &)
    {
        line("events", texts(eventBox()));
        return true;
    }

    // By its title, or as "#N" by its place.
    bool selectEvent(const QString &name)
    {
        QComboBox *box = eventBox();
        const bool isPlace = name.startsWith(QLatin1Char('#'));
        const int index = isPlace ? QStringView(name).mid(1).toInt() : box->findText(name);
        if (index < 0)
            return false;
        box->setCurrentIndex(index);
        emit box->activated(index);
        return true;
    }

    QComboBox *eventBox()
    {
        for (QComboBox *box : window()->findChildren<QComboBox *>())
            if (box->toolTip() == QLatin1String("Select primary event type of costs"))
                return box;
        qFatal("no combo box of event types");
    }

    static QStringList texts(const QComboBox *box)
    {
        QStringList texts;
        for (int i = 0; i < box->count(); i++)
            texts += box->itemText(i);
        return texts;
    }

    bool select(const QString &function)
    {
        QTreeView *view = functionList();
        for (int row = 0; row < view->model()->rowCount(); row++)
            if (view->model()->index(row, 3).data().toString() == function) {
                view->setCurrentIndex(view->model()->index(row, 0));
                emit view->clicked(view->currentIndex());
                return true;
            }
        return false;
    }

    bool costs(const QString &)
    {
        return dump("EventTypeView", QString());
    }

    bool callers(const QString &)
    {
        return dump("CallView", QStringLiteral("Caller"));
    }

    bool callees(const QString &)
    {
        return dump("CallView", QStringLiteral("Callee"));
    }

    bool source(const QString &)
    {
        return dump("SourceView", QString());
    }

    bool graph(const QString &)
    {
        for (QGraphicsView *view : window()->findChildren<QGraphicsView *>())
            if (view->metaObject()->className() == QLatin1String("CallGraphView")) {
                if (!inFront(view) || !view->scene() || view->scene()->items().size() < 4)
                    return false;
                line(QStringLiteral("graph"), {QString::number(view->scene()->items().size())});
                return true;
            }
        return false;
    }

    // Writes the rows of a list, which KCachegrind fills once it is seen.
    bool dump(const char *className, const QString &heading)
    {
        for (QTreeWidget *view : window()->findChildren<QTreeWidget *>()) {
            if (view->metaObject()->className() != QLatin1String(className))
                continue;
            QStringList headings;
            for (int column = 0; column < view->columnCount(); column++)
                headings += view->headerItem()->text(column);
            if (!heading.isEmpty() && !headings.contains(heading))
                continue;
            if (!inFront(view))
                return false;
            for (QTreeWidgetItemIterator item(view); *item; ++item) {
                QStringList cells;
                for (int column = 0; column < view->columnCount(); column++)
                    cells += (*item)->text(column);
                line(heading.isEmpty() ? QString(className) : heading, cells);
            }
            return true;
        }
        return false;
    }

    // If not, brings the view's tab to the front.
    bool inFront(QWidget *view)
    {
        if (view->isVisible())
            return true;
        for (QWidget *page = view; page->parentWidget(); page = page->parentWidget())
            if (auto *tabs = qobject_cast<QTabWidget *>(page->parentWidget()->parentWidget()))
                tabs->setCurrentWidget(page);
        idle_ = 0;
        return false;
    }

    bool title(const QString &)
    {
        line("title", {window()->windowTitle()});
        return true;
    }

    bool status(const QString &)
    {
        for (QStatusBar *bar : window()->findChildren<QStatusBar *>()) {
            QStringList texts(bar->currentMessage());
            for (QLabel *label : bar->findChildren<QLabel *>())
                texts += label->text();
            line("status", texts);
        }
        return true;
    }

    bool messages(const QString &)
    {
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (auto *dialog = qobject_cast<QDialog *>(widget))
                if (dialog->isVisible()) {
                    QStringList texts;
                    for (QLabel *label : dialog->findChildren<QLabel *>())
                        if (!label->text().isEmpty())
                            texts += label->text();
                    line("message", texts);
                    dialog->accept();
                }
        return true;
    }

    bool action(const QString &name)
    {
        for (QWidget *widget : window()->findChildren<QWidget *>())
            for (QAction *action : widget->actions())
                if (action->objectName() == name) {
                    // Some open a dialog that returns only when this step is long done.
                    QMetaObject::invokeMethod(action, "trigger", Qt::QueuedConnection);
                    return true;
                }
        return false;
    }

    bool choose(const QString &path)
    {
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (auto *dialog = qobject_cast<QFileDialog *>(widget))
                if (auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"))) {
                    name->setText(path);
                    QMetaObject::invokeMethod(dialog, "accept", Qt::QueuedConnection);
                    return true;
                }
        return false;
    }

    // Waits until the progress is as far as the argument says.
    bool progress(const QString &least)
    {
        return wait([&](const QProgressDialog &dialog) {
            return dialog.value() >= least.toInt();
        });
    }

    // Waits until nobody can tell how far it is.
    bool busy(const QString &)
    {
        return wait([](const QProgressDialog &dialog) {
            return dialog.maximum() == 0;
        });
    }

    bool cancel(const QString &)
    {
        return wait([](QProgressDialog &dialog) {
            dialog.cancel();
            return true;
        });
    }

    template <typename Condition> bool wait(const Condition &condition)
    {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            auto *dialog = qobject_cast<QProgressDialog *>(widget);
            if (!dialog || !dialog->isVisible() || !condition(*dialog))
                continue;
            const bool plain = dialog->findChild<QLabel *>()->textFormat() == Qt::PlainText;
            line("progress", {dialog->labelText(), QString::number(dialog->value()),
                              plain ? QStringLiteral("plain") : QStringLiteral("markup")});
            return true;
        }
        return false;
    }

    bool shell(const QString &command)
    {
        return std::system(command.toLocal8Bit().constData()) == 0;
    }

    bool resize(const QString &size)
    {
        window()->setGeometry(0, 0, size.section(QLatin1Char('x'), 0, 0).toInt(),
                              size.section(QLatin1Char('x'), 1).toInt());
        return true;
    }

    bool grab(const QString &path)
    {
        return window()->grab().save(path);
    }

    bool quit(const QString &)
    {
        file_.close();
        timer_.stop();
        std::exit(0);
    }

    void line(const QString &kind, const QStringList &cells)
    {
        out_ << kind;
        for (QString cell : cells)
            out_ << '\t'
                 << cell.replace(QLatin1Char('\n'), QLatin1String("\\n")).replace("\t", "\\t");
        out_ << '\n';
    }

    QStringList steps_;
    QList<QPointer<QMainWindow>> windows_;
    QFile file_;
    QTextStream out_;
    QTimer timer_;
    QElapsedTimer clock_, patience_;
    int idle_ = 0;
    bool busy_ = false;
};

} // namespace

class DumpPlugin : public QGenericPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QGenericPluginFactoryInterface_iid FILE "kcachegrind_dump.json")

  public:
    QObject *create(const QString &, const QString &) override
    {
        return new User;
    }
};

#include "kcachegrind_dump.moc"

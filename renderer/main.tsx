import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/page.css';
import './styles/time.css';
import './styles/inspector.css';
import './styles/panels.css';
import './styles/import.css';
import './styles/print.css';

const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

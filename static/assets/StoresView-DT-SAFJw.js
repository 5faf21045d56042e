import{n as e,t}from"./useListPage-Ghx3Gv77.js";import{t as n}from"./DataList-AWVJ25N5.js";import{C as r,D as i,E as a,S as o,a as s,f as c,h as l,i as u,k as d,m as f,v as p}from"./index-CWXJjUQI.js";import{O as m,P as h,ft as g,j as _,jt as v,ot as y,w as b}from"./live-DilAjF2f.js";import{c as ee,r as x}from"./inputtext-BQasVPTd.js";import{$ as S,A as C,C as w,D as T,E,F as D,G as te,H as O,L as k,N as A,O as j,P as M,Q as N,R as P,W as ne,Y as F,_ as I,et as L,it as R,k as z,nt as B,ot as V,ut as H,w as U}from"./vue-D0wAwRKe.js";import{a as W,n as re,r as ie,t as ae}from"./PersonalityDialog-TidGLCVM.js";import{a as oe,o as se}from"./usePlace-qMgE7aLB.js";import{t as ce}from"./SearchField-D3pvfxy2.js";import{t as le}from"./PageHeader-BQ16dejr.js";import{n as ue,t as de}from"./csv-BXhwrePr.js";import{t as G}from"./TextField-C2FXUZQT.js";import{t as K}from"./useConflict-lyXkwGpS.js";import{t as q}from"./useDialogForm-CJ28eu7o.js";import{s as J}from"./typedNumber-D0dfASAi.js";var Y=g.extend({name:`toggleswitch`,style:`
    .p-toggleswitch {
        display: inline-block;
        width: dt('toggleswitch.width');
        height: dt('toggleswitch.height');
    }

    .p-toggleswitch-input {
        cursor: pointer;
        appearance: none;
        position: absolute;
        top: 0;
        inset-inline-start: 0;
        width: 100%;
        height: 100%;
        padding: 0;
        margin: 0;
        opacity: 0;
        z-index: 1;
        outline: 0 none;
        border-radius: dt('toggleswitch.border.radius');
    }

    .p-toggleswitch-slider {
        cursor: pointer;
        width: 100%;
        height: 100%;
        border-width: dt('toggleswitch.border.width');
        border-style: solid;
        border-color: dt('toggleswitch.border.color');
        background: dt('toggleswitch.background');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            border-color dt('toggleswitch.transition.duration'),
            outline-color dt('toggleswitch.transition.duration'),
            box-shadow dt('toggleswitch.transition.duration');
        border-radius: dt('toggleswitch.border.radius');
        outline-color: transparent;
        box-shadow: dt('toggleswitch.shadow');
    }

    .p-toggleswitch-handle {
        position: absolute;
        top: 50%;
        display: flex;
        justify-content: center;
        align-items: center;
        background: dt('toggleswitch.handle.background');
        color: dt('toggleswitch.handle.color');
        width: dt('toggleswitch.handle.size');
        height: dt('toggleswitch.handle.size');
        inset-inline-start: dt('toggleswitch.gap');
        margin-block-start: calc(-1 * calc(dt('toggleswitch.handle.size') / 2));
        border-radius: dt('toggleswitch.handle.border.radius');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            inset-inline-start dt('toggleswitch.slide.duration'),
            box-shadow dt('toggleswitch.slide.duration');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.background');
        border-color: dt('toggleswitch.checked.border.color');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.background');
        color: dt('toggleswitch.handle.checked.color');
        inset-inline-start: calc(dt('toggleswitch.width') - calc(dt('toggleswitch.handle.size') + dt('toggleswitch.gap')));
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-slider {
        background: dt('toggleswitch.hover.background');
        border-color: dt('toggleswitch.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.hover.background');
        color: dt('toggleswitch.handle.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.hover.background');
        border-color: dt('toggleswitch.checked.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.hover.background');
        color: dt('toggleswitch.handle.checked.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:focus-visible) .p-toggleswitch-slider {
        box-shadow: dt('toggleswitch.focus.ring.shadow');
        outline: dt('toggleswitch.focus.ring.width') dt('toggleswitch.focus.ring.style') dt('toggleswitch.focus.ring.color');
        outline-offset: dt('toggleswitch.focus.ring.offset');
    }

    .p-toggleswitch.p-invalid > .p-toggleswitch-slider {
        border-color: dt('toggleswitch.invalid.border.color');
    }

    .p-toggleswitch.p-disabled {
        opacity: 1;
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-slider {
        background: dt('toggleswitch.disabled.background');
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.disabled.background');
    }
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),fe={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:x,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:Y,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return v({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},X=[`data-p-checked`,`data-p-disabled`,`data-p`],Z=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],Q=[`data-p`],$=[`data-p`];function pe(e,t,n,r,i,a){return O(),C(`div`,P({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[T(`input`,P({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,Z),T(`div`,P({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[T(`div`,P({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[ne(e.$slots,`handle`,{checked:a.checked})],16,$)],16,Q)],16,X)}fe.render=pe;var me={class:`panel flex flex-wrap items-center gap-x-4 gap-y-2 mb-4`,"aria-label":`The bank`},he={class:`flex flex-wrap items-center gap-2 grow`},ge={key:1,class:`text-sm text-muted-color`},_e=D({__name:`BankStrip`,props:{all:{}},emits:[`edit`,`changed`],setup(e,{emit:t}){let n=e,i=t,a=c(),s=f(),l=r(),u=o(),d=E(()=>W(n.all)?.personality),p=E(()=>{let e=s.status?.settings?.payment_delay_ms;return e===void 0?``:`answers after ${_(e)}`});function m(){let e={header:`Everybody as usual again?`,message:`${h(n.all.length,`personality`,`personalities`)} of stores and the bank go, with their outages. Orders they withheld an answer from get it now.`,accept:`All as usual`,icon:`pi-replay`};u(e,async()=>{await b.resetPersonalities(),l.ok(`Everybody behaves as usual again`),i(`changed`)})}return(t,n)=>{let r=ie,o=y;return O(),C(`section`,me,[n[1]||=T(`h2`,{class:`font-semibold`},`The bank`,-1),T(`span`,he,[d.value?(O(),j(r,{key:0,personality:d.value},null,8,[`personality`])):z(``,!0),d.value?.delay?z(``,!0):(O(),C(`span`,ge,H(p.value),1))]),V(a).mayChange&&e.all.length?(O(),j(o,{key:0,label:`All as usual again`,icon:`pi pi-replay`,size:`small`,severity:`secondary`,text:``,onClick:m})):z(``,!0),V(a).mayChange?(O(),j(o,{key:1,label:`Behaviour`,icon:`pi pi-sliders-h`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Behaviour of the bank`,onClick:n[0]||=e=>i(`edit`)})):z(``,!0)])}}}),ve={class:`flex items-start gap-2.5`},ye=864e5,be=D({__name:`StoreDialog`,props:k({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:k([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,i=F(e,`modelValue`),a=f(),o=B({name:``,location:``,delayMs:null,external:!1}),s=R(``),c=J(ye),{busy:l,errors:m,message:h,reset:g,save:v}=q(i,[`name`,`location`,`confirmation_delay_ms`,`fulfilment`],()=>{s.value=``;let e=a.status?.settings?.store_delay_ms??15e3;Object.assign(o,{name:``,location:``,delayMs:e,external:!1}),x.begin(n.store)}),x=K(o,{name:{label:`Name`,of:e=>e.name},location:{label:`Location`,of:e=>e.location},delayMs:{label:`Confirmation delay`,of:e=>e.confirmation_delay_ms,write:e=>_(Number(e))},external:{label:`Answered from outside`,of:e=>e.fulfilment===`external`,write:e=>e?`yes`:`no`}}),{rows:C,overwrites:E,take:D,keep:te}=x;async function k(){let e=o.name.trim(),t=o.location.trim();g(),e||(m.value.name=`Enter a name.`),t||(m.value.location=`Enter a location.`);let{delayMs:i}=o;if(i===null&&(m.value.confirmation_delay_ms=s.value?`${s.value}.`:`Enter a delay.`),!e||!t||i===null)return;let a={name:e,location:t,confirmation_delay_ms:i,fulfilment:o.external?`external`:`internal`},c=n.store,l=()=>({...x.changed(`name`)&&{name:e},...x.changed(`location`)&&{location:t},...x.changed(`delayMs`)&&{confirmation_delay_ms:i},...x.changed(`external`)&&{fulfilment:a.fulfilment}});await v(()=>c?x.save(e=>b.editStore(e,l()),()=>b.store(c.id)):b.createStore(a),c?`Store saved`:`Store opened`,e)&&r(`saved`)}return(t,n)=>{let r=ee,a=p,f=G,g=u,_=y,v=d;return O(),j(v,{visible:i.value,"onUpdate:visible":n[6]||=e=>i.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:N(()=>[M(_,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[5]||=e=>i.value=!1}),M(_,{type:`submit`,form:`store-form`,label:V(E)?`Overwrite`:`Save`,loading:V(l)},null,8,[`label`,`loading`])]),default:N(()=>[T(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:w(k,[`prevent`])},[M(r,{text:V(h)},null,8,[`text`]),V(C).length?(O(),j(a,{key:0,rows:V(C),onTake:V(D),onKeep:V(te)},null,8,[`rows`,`onTake`,`onKeep`])):z(``,!0),M(f,{id:`store-name`,modelValue:o.name,"onUpdate:modelValue":n[0]||=e=>o.name=e,label:`Name`,error:V(m).name,autofocus:``},null,8,[`modelValue`,`error`]),M(f,{id:`store-location`,modelValue:o.location,"onUpdate:modelValue":n[1]||=e=>o.location=e,label:`Location`,error:V(m).location},null,8,[`modelValue`,`error`]),M(g,{id:`store-delay`,modelValue:o.delayMs,"onUpdate:modelValue":n[2]||=e=>o.delayMs=e,doubt:s.value,"onUpdate:doubt":n[3]||=e=>s.value=e,label:`Confirmation delay, seconds`,kind:V(c),error:V(m).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},null,8,[`modelValue`,`doubt`,`kind`,`error`]),T(`label`,ve,[S(T(`input`,{"onUpdate:modelValue":n[4]||=e=>o.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[I,o.external]]),n[7]||=T(`span`,null,[A(` Answered from outside `),T(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),xe={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},Se={class:`flex flex-wrap gap-3 mb-4`},Ce=[`title`],we={key:0,class:`flex flex-col items-end gap-1`},Te=[`data-tone`],Ee={class:`inline-flex gap-1`},De=[`aria-label`,`onClick`],Oe=[`aria-label`,`onClick`],ke=[`aria-label`,`onClick`],Ae=D({__name:`StoresView`,setup(u){let d=r(),f=o(),p=c(),{filters:g,isFiltered:v,clear:ee,list:x,sort:S,page:w,found:D,table:k,pager:ne,news:F,renew:I}=t({filters:{q:``,participating:``,sort:`name`},load:(e,{q:t,participating:n})=>b.stores({...e,q:t.trim()||void 0,participating:n?n===`yes`:void 0}),columns:[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],size:20});l(e=>e.type.startsWith(`plaza.store.`),x.reload);let B=E(()=>x.items.value.filter(e=>e.participating).length),W=E(()=>x.loading.value?`Loading stores…`:x.error.value&&!x.items.value.length?``:`${h(x.items.value.length,`store`)}, ${m(B.value)} in Shopping`),G=R(),K=R(!1);function q(e){G.value=e,K.value=!0}let J=re(),Y=R(),X=R(!1);function Z(e){Y.value=e,X.value=!0}let Q=R(new Set);async function $(e,t){Q.value.add(e.id);try{await b.setParticipation(e.id,t),await x.reload(),d.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){d.problem(n,()=>void $(e,t))}finally{Q.value.delete(e.id)}}function pe(e){let t=`Archive ${e.name} and its ${h(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`;f({header:`Archive store`,message:t,accept:`Archive`,severity:`danger`},async()=>{await b.archiveStore(e.id),d.ok(`Store archived`,e.name),await I()})}let me=()=>de(`stores.csv`,ue(D.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,r)=>{let o=y,c=le,l=ce,u=s,d=oe,f=se,m=te(`RouterLink`),h=ie,b=fe,E=i,R=a,B=n,re=e;return O(),C(U,null,[M(c,{title:`Plaza Admin`,subtitle:W.value},{default:N(()=>[M(o,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!V(D).length,onClick:me},null,8,[`disabled`]),V(p).mayChange?(O(),j(o,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:r[0]||=e=>q()})):z(``,!0)]),_:1},8,[`subtitle`]),V(p).maySee?(O(),j(_e,{key:0,all:V(J).all.value,onEdit:r[1]||=e=>Z(),onChanged:r[2]||=e=>V(J).reload()},null,8,[`all`])):z(``,!0),T(`section`,xe,[T(`div`,Se,[M(l,{modelValue:V(g).q,"onUpdate:modelValue":r[3]||=e=>V(g).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),M(u,{modelValue:V(g).participating,"onUpdate:modelValue":r[4]||=e=>V(g).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),M(f,null,{default:N(()=>[M(d,{news:V(F),one:`store`,onShow:r[5]||=e=>V(I)()},null,8,[`news`])]),_:1}),M(B,P(V(k),{sort:V(S),"onUpdate:sort":r[7]||=e=>L(S)?S.value=e:null,gone:V(F).gone,label:`Stores`,"row-key":e=>e.id,"row-label":e=>e.name,onRetry:r[8]||=e=>V(x).reload()}),{"cell-name":N(({row:e})=>[M(m,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:N(()=>[A(H(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":N(({row:e})=>[T(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[A(H(V(_)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(O(),C(U,{key:0},[A(` · external`)],64)):z(``,!0)],8,Ce),e.fulfilment===`internal`&&V(J).of(e.id)?(O(),C(`span`,we,[M(h,{personality:V(J).of(e.id)},null,8,[`personality`])])):z(``,!0)]),"cell-participating":N(({row:e})=>[V(p).mayChange?(O(),j(b,{key:1,"model-value":e.participating,disabled:Q.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>$(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(O(),C(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},H(e.participating?`in Shopping`:`not in Shopping`),9,Te))]),"cell-id":N(({row:e})=>[M(E,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":N(({row:e})=>[T(`span`,Ee,[M(o,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),V(p).mayChange?(O(),C(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>q(e)},[...r[14]||=[T(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,De)):z(``,!0),V(p).mayChange&&e.fulfilment===`internal`?(O(),C(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`How ${e.name} behaves`,title:`Behaviour`,onClick:t=>Z(e)},[...r[15]||=[T(`i`,{class:`pi pi-sliders-h`,"aria-hidden":`true`},null,-1)]],8,Oe)):z(``,!0),V(p).mayChange?(O(),C(`button`,{key:2,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>pe(e)},[...r[16]||=[T(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,ke)):z(``,!0)])]),empty:N(()=>[V(v)()?(O(),j(R,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:N(()=>[M(o,{label:`Clear the search`,severity:`secondary`,onClick:V(ee)},null,8,[`onClick`])]),_:1})):(O(),j(R,{key:1,icon:`pi-building`,title:`No stores yet`,text:V(p).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:N(()=>[V(p).mayChange?(O(),C(U,{key:0},[M(o,{label:`New store`,icon:`pi pi-plus`,onClick:r[6]||=e=>q()}),M(o,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):z(``,!0)]),_:1},8,[`text`]))]),_:1},16,[`sort`,`gone`,`row-key`,`row-label`]),M(re,P(V(ne),{modelValue:V(w),"onUpdate:modelValue":r[9]||=e=>L(w)?w.value=e:null}),null,16,[`modelValue`])]),M(be,{modelValue:K.value,"onUpdate:modelValue":r[10]||=e=>K.value=e,store:G.value,onSaved:r[11]||=e=>V(I)()},null,8,[`modelValue`,`store`]),M(ae,{modelValue:X.value,"onUpdate:modelValue":r[12]||=e=>X.value=e,store:Y.value,onSaved:r[13]||=e=>V(J).reload()},null,8,[`modelValue`,`store`])],64)}}});export{Ae as default};